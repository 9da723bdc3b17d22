// What came of a task, in a few words: its output is read by the schema that the contract has for it.
import { verifiedInWords } from '../../state-machine/contract/outcome.ts';
import { type StepName, type StepOutput, stateSchemas, steps } from '../../state-machine/contract/steps.ts';

type Describe = { [Name in StepName]: (output: StepOutput<Name>) => string };

const describe: Describe = {
  ResolveRequest: ({ problems, endpointName, upload, servedArtifactSha256 }) =>
    list([
      endpointName && `endpoint ${endpointName}`,
      upload?.key,
      servedArtifactSha256 && `the artifact ${short(servedArtifactSha256)}, which is kept`,
      count(problems.length, 'problem'),
    ]),
  InspectArtifact: ({ verdict, sha256, goldenCases, problems }) =>
    list([
      verdict,
      sha256 && `sha256 ${short(sha256)}`,
      verdict === 'accepted' && (goldenCases ? 'with golden cases' : 'without golden cases'),
      count(problems.length, 'problem'),
    ]),
  TryModel: ({ verdict, goldenCases, problems, untried, skipped }) =>
    list([
      verdict,
      goldenCases > 0 && `${count(goldenCases, 'golden case')} answered right`,
      ...problems.map(({ message }) => message),
      ...untried,
      ...skipped,
    ]),
  LeaseEndpoint: ({ verdict, reason, successor, failure }) =>
    list([verdict, reason, successor && `by ${successor}`, failure?.Cause]),
  PlanRollout: (plan) => {
    switch (plan.verdict) {
      case 'wait':
        return `wait: ${plan.reason}`;
      case 'rejected':
        return `rejected: ${plan.failure.Cause}`;
      case 'outdated':
        return 'what it was resolved with has changed meanwhile: once more';
      case 'unchanged':
        return `${plan.endpointName} serves exactly this already`;
      case 'recover':
        return `takes up the rollback of ${plan.endpointName}`;
      case 'proceed':
        return `${plan.operation} ${plan.endpointName}${plan.pace == null ? '' : `: traffic moves ${plan.pace}`}`;
    }
  },
  CreateModel: ({ made, names }) => `${made} ${names.join(', ')}`,
  CreateEndpointConfig: ({ made, name }) => `${made} ${name}`,
  DeployCandidate: deployment,
  CheckCandidate: deployment,
  VerifyCandidate: canary,
  DeleteCandidate: ({ verdict }) => verdict,
  CreateAlarms: ({ watched }) => `watched by ${count(watched.length, 'alarm')}`,
  DeployEndpoint: deployment,
  CheckEndpoint: deployment,
  SendGoldenTraffic: ({ sent, failed, compared, wrong }) =>
    list([
      `${sent} golden requests so far`,
      failed > 0 && `${failed} failed`,
      compared > 0 ? `${compared} surely answered by the new model` : 'none surely answered by the new model yet',
      wrong > 0 && `${wrong} wrongly`,
    ]),
  JudgeFleet: ({ verdict, invocations, failure }) =>
    list([verdict, `${invocations} invocations of the new fleet`, failure?.Cause]),
  ShiftWeights: ({ verdict, status, progress, failure }) => list([verdict, status, progress, failure?.Cause]),
  SendVariantTraffic: ({ variants }) =>
    list(variants.map(({ variantName, sent, wrong }) => `${variantName}: ${sent} golden requests, ${wrong} wrong`)),
  DeleteAlarms: ({ removed }) => `removed ${count(removed.length, 'alarm') || 'nothing'}`,
  RegisterScaling: ({ targets }) => {
    const changed = targets.filter((target) => target.changed).map(({ resourceId }) => resourceId);
    return changed.length > 0 ? `set for ${changed.join(', ')}` : 'as it should be already';
  },
  RunCanary: canary,
  RetireSuperseded: ({ removed, warnings }) => list([count(removed.length, 'resource'), ...warnings]),
  RetireEndpoint: ({ verdict, status, failure }) => list([verdict, status, failure?.Cause]),
  RollBack: rollback,
  CheckRollback: rollback,
  RecordOutcome: ({ outcome }) => outcome,
};

/** `state`: the whole execution state after the step. */
export function describeOutput(
  step: string,
  state: Record<string, unknown>,
): { verdict: string | null; result: string } {
  if (!isStep(step)) return { verdict: null, result: '' };
  const key = steps[step].writes;
  const read = stateSchemas[key].safeParse(state[key]);
  if (!read.success) return { verdict: null, result: '' };
  const output = read.data as { verdict?: string };
  return { verdict: output.verdict ?? null, result: (describe[step] as (output: unknown) => string)(output) };
}

const isStep = (name: string): name is StepName => Object.hasOwn(steps, name);

function deployment({ status, progress, failureReason, failure }: StepOutput<'CheckEndpoint'>): string {
  return list([status, progress, failureReason ?? failure?.Cause]);
}

function canary(output: StepOutput<'RunCanary'>): string {
  const { verdict, verified, goldenCases, requests, latencyMilliseconds, failure } = output;
  const cases = goldenCases.passed + goldenCases.failed;
  return list([
    verdict,
    cases > 0 && `${goldenCases.passed} of ${cases} golden cases right`,
    cases === 0 && verified !== null && verifiedInWords[verified],
    requests.sent > 0 && `${requests.sent - requests.failed} of ${requests.sent} requests answered`,
    latencyMilliseconds &&
      `p50 ${Math.round(latencyMilliseconds.p50)} ms, p99 ${Math.round(latencyMilliseconds.p99)} ms`,
    failure?.Cause,
  ]);
}

function rollback({ verdict, done, left }: StepOutput<'CheckRollback'>): string {
  return list([verdict, ...done, left.length > 0 && `left: ${left.join('; ')}`]);
}

const list = (parts: (string | false | null | undefined)[]) => parts.filter(Boolean).join(', ');
const count = (number: number, noun: string) => number > 0 && `${number} ${noun}${number === 1 ? '' : 's'}`;
const short = (sha256: string) => sha256.slice(0, 12);
