// Limits of a container's environment. Names may be told, values never.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { nearest } from '../problems/nearest.ts';
import { problem } from '../problems/problems.ts';
import { imageSettingFault, imageSettings } from './image-settings.ts';

// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
const MAXIMUM_PAIRS = 100;
const MAXIMUM_BYTES = 32 * 1024;
/** Set by SageMaker and by the container's runtime. */
const reserved = /^(SAGEMAKER_|AWS_)/i;

/** `ours`: what this system adds, which counts too. */
export function environmentProblems(environment: Record<string, string>, ours: Record<string, string> = {}): Problem[] {
  const pairs = Object.entries(environment);
  const maximumPairs = MAXIMUM_PAIRS - Object.keys(ours).length;
  const bytes = [...pairs, ...Object.entries(ours)].reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  return [
    ...(pairs.length > maximumPairs
      ? [problem('environment', `Found ${pairs.length} variables. Allowed: at most ${maximumPairs}.`)]
      : []),
    ...(bytes > MAXIMUM_BYTES
      ? [problem('environment', `Names and values have ${bytes} bytes. Allowed: at most ${MAXIMUM_BYTES} in all.`)]
      : []),
    ...pairs.flatMap(([name, value]) => {
      const message = Object.hasOwn(imageSettings, name) ? imageSettingFault(name, value) : reservedFault(name);
      return message === null ? [] : [problem(`environment.${name}`, message)];
    }),
  ];
}

function reservedFault(name: string): string | null {
  if (!reserved.test(name)) return null;
  const settings = Object.keys(imageSettings);
  const near = nearest(name, settings);
  const hint =
    near === null
      ? ` Of the image's own settings these may be set: ${settings.join(', ')}.`
      : ` Did you mean "${near}"?`;
  return `Names that begin with SAGEMAKER_ or AWS_ are reserved.${hint}`;
}
