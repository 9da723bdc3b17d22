// What serverless hosting excludes, or a serverless candidate does: each is refused by its name, before anything is made.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { ALL_AT_ONCE } from '../../../state-machine/contract/resolved-request.ts';
import { isServerless } from '../hosting/is-serverless.ts';
import { canonicalJson } from '../naming/names.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import type { ResolvedSettings } from './with-defaults.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions */
export function serverlessProblems(request: CheckedRequest, settings: ResolvedSettings): Problem[] {
  if (!isServerless(settings)) return settings.serverlessCandidate === null ? [] : ofCandidate(settings);
  const { network, candidate, alarms } = request;
  const { vpc, volumeKmsKeyArn, dataCapture, strategy, hosting } = settings;
  const problems: Problem[] = [];
  const refuse = (where: string, what: string, instead = 'Leave it out') =>
    problems.push(problem(where, `${what} ${instead}, or use hosting.type "realtime".`));
  if (network?.isolation === true)
    refuse('network.isolation', 'SageMaker has none for serverless endpoints.', 'Set it to false');
  if (vpc !== undefined) refuse('network.vpc', 'A serverless endpoint cannot be in a VPC: SageMaker has none there.');
  if (volumeKmsKeyArn !== undefined)
    refuse(
      'encryption.volumeKmsKeyArn',
      'A serverless endpoint has no volume for this key to encrypt: SageMaker would encrypt its copy of the image with it, and nothing else.',
    );
  if (dataCapture !== null) refuse('dataCapture', 'SageMaker captures nothing of serverless endpoints.');
  if (canonicalJson(strategy) !== canonicalJson(ALL_AT_ONCE))
    refuse(
      'strategy',
      "SageMaker's guardrails are for instances: a serverless endpoint is updated all at once and without waits.",
    );
  if (alarms !== undefined)
    refuse('alarms', 'They are watched while an update waits, and that of a serverless endpoint never does.');
  if (candidate !== undefined)
    refuse('candidate', 'A serverless endpoint is verified on one like it, with a concurrency of 1.');
  if (hosting.type !== 'serverless')
    refuse('variants', 'A serverless endpoint has one variant. Write `hosting` of the request itself.');
  return problems;
}

function ofCandidate({ vpc, volumeKmsKeyArn }: ResolvedSettings): Problem[] {
  const instead = 'Leave it out, or set candidate.type to "instance".';
  const noVpc = `A serverless candidate cannot be in a VPC: SageMaker has none there. ${instead}`;
  const noVolume = `A serverless candidate has no volume for this key to encrypt. ${instead}`;
  return [
    ...(vpc === undefined ? [] : [problem('network.vpc', noVpc)]),
    ...(volumeKmsKeyArn === undefined ? [] : [problem('encryption.volumeKmsKeyArn', noVolume)]),
  ];
}
