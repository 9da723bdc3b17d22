// What a platform allows of serverless endpoints, and how what they keep warm scales where a request does not say.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import { resolveTracking } from '../scaling/resolve-tracking.ts';
import { trackingProblems } from '../scaling/tracking-problems.ts';
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
  return resolveTracking(scaling, { maximum: maximumConcurrency, metric: METRIC, target: 0.7 });
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
  if (typeof asked.metric === 'string' && asked.metric !== METRIC)
    refuse('scaling.metric', `It is of instances. Use "${METRIC}", a customized metric, or leave it out.`);
  if (scaling === null) {
    refuse(
      'scaling',
      'What scales of a serverless endpoint is its provisioned concurrency, and there is none. Give hosting.provisionedConcurrency, or use "none".',
    );
    return problems;
  }
  if (typeof scaling.metric === 'string' && scaling.target > 1)
    refuse(
      'scaling.target',
      `Found ${scaling.target}. It is a share of the provisioned concurrency: more than 0, at most 1.`,
    );
  const initial = { setting: 'hosting.provisionedConcurrency', capacity: provisioned ?? 0 };
  const bounds = {
    least: 1,
    whyLeast: 'A provisioned concurrency is at least 1.',
    most: maximumConcurrency,
    whyMost: `It is more than hosting.maximumConcurrency, ${maximumConcurrency}.`,
  } as const;
  return [...problems, ...trackingProblems(asked, scaling, initial, bounds, METRIC)];
}
