// What a platform allows of serverless endpoints, and how what they keep warm scales where a request does not say.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import type { Asked, Wanted } from './hosting-type.ts';

const METRIC = 'SageMakerVariantProvisionedConcurrencyUtilization';

/**
 * Only where it is asked for: what is kept warm is paid for. Target and metric:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
 */
export function resolveConcurrencyScaling(
  scaling: Asked<'serverless'>['scaling'],
  { maximumConcurrency, provisionedConcurrency }: Wanted<'serverless'>['hosting'],
): TargetTracking | null {
  if (typeof scaling !== 'object' || provisionedConcurrency === undefined) return null;
  return {
    minimum: scaling.minimum ?? 1,
    maximum: scaling.maximum ?? maximumConcurrency,
    metric: METRIC,
    target: scaling.target ?? 0.7,
    scaleInCooldownSeconds: scaling.scaleInCooldownSeconds ?? 300,
    scaleOutCooldownSeconds: scaling.scaleOutCooldownSeconds ?? 60,
  };
}

export function concurrencyProblems(
  { scaling: asked }: Asked<'serverless'>,
  { hosting, scaling }: Wanted<'serverless'>,
  { maximumServerlessConcurrency: limit }: PlatformSettings,
): Problem[] {
  const { maximumConcurrency, provisionedConcurrency: provisioned } = hosting;
  const problems: Problem[] = [];
  const refuse = (where: string, message: string) => problems.push(problem(where, message));
  if (maximumConcurrency > limit)
    refuse('hosting.maximumConcurrency', `Found ${maximumConcurrency}. The platform allows at most ${limit}.`);
  if (provisioned !== undefined && provisioned > maximumConcurrency)
    refuse(
      'hosting.provisionedConcurrency',
      `Found ${provisioned}, which is more than hosting.maximumConcurrency, ${maximumConcurrency}.`,
    );
  if (typeof asked !== 'object') return problems;
  if (asked.metric !== undefined && asked.metric !== METRIC)
    refuse('scaling.metric', `It is of instances. Use "${METRIC}", or leave it out.`);
  if ((asked.schedules ?? []).length > 0)
    refuse('scaling.schedules', 'Not supported yet of serverless hosting. Leave it out.');
  if (scaling === null) {
    refuse(
      'scaling',
      'What scales of a serverless endpoint is its provisioned concurrency, and there is none. Give hosting.provisionedConcurrency, or use "none".',
    );
    return problems;
  }
  const { minimum, maximum, target } = scaling;
  if (target > 1)
    refuse('scaling.target', `Found ${target}. It is a share of the provisioned concurrency: more than 0, at most 1.`);
  if (minimum > maximum) refuse('scaling.minimum', `Found ${minimum}, which is more than scaling.maximum, ${maximum}.`);
  if (maximum > maximumConcurrency)
    refuse(
      'scaling.maximum',
      `Found ${maximum}, which is more than hosting.maximumConcurrency, ${maximumConcurrency}.`,
    );
  if (provisioned !== undefined && provisioned > maximum)
    refuse('hosting.provisionedConcurrency', `Found ${provisioned}, which is more than scaling.maximum, ${maximum}.`);
  return problems;
}
