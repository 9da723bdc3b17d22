// Limits of a container's environment. Names may be told, values never.
import type { Problem } from '../../state-machine/contract/problem.ts';
import { problem } from './problems.ts';

// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
const MAXIMUM_PAIRS = 100;
const MAXIMUM_BYTES = 32 * 1024;
/** Set by SageMaker and by the container's runtime. */
const reserved = /^(SAGEMAKER_|AWS_)/i;

export function environmentProblems(environment: Record<string, string>): Problem[] {
  const pairs = Object.entries(environment);
  const bytes = pairs.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  return [
    ...(pairs.length > MAXIMUM_PAIRS
      ? [problem('environment', `Found ${pairs.length} variables. Allowed: at most ${MAXIMUM_PAIRS}.`)]
      : []),
    ...(bytes > MAXIMUM_BYTES
      ? [problem('environment', `Names and values have ${bytes} bytes. Allowed: at most ${MAXIMUM_BYTES} in all.`)]
      : []),
    ...pairs
      .filter(([name]) => reserved.test(name))
      .map(([name]) => problem(`environment.${name}`, 'Names that begin with SAGEMAKER_ or AWS_ are reserved.')),
  ];
}
