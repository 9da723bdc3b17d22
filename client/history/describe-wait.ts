// Why a rollout waits, and how long, from the state that the last check left.
import { type StateKey, stateSchemas } from '../../state-machine/contract/steps.ts';
import type { WaitName } from '../../state-machine/contract/waits.ts';

interface Described {
  reason: string;
  seconds: number;
}

type Output<Key extends StateKey> = ReturnType<(typeof stateSchemas)[Key]['parse']>;

/** @returns null where the output asked for no wait */
const by =
  <Key extends StateKey>(key: Key, describe: (output: Output<Key>) => Described | null) =>
  (state: Record<string, unknown>): Described | null => {
    const output = stateSchemas[key].safeParse(state[key]);
    return output.success ? describe(output.data as Output<Key>) : null;
  };

const inDeployment =
  (what: string) =>
  ({ status, progress, waitSeconds }: Output<'deployment'>): Described => ({
    reason: [`${what} is ${status}`, ...(progress === null ? [] : [progress])].join(': '),
    seconds: waitSeconds,
  });

const unanswered =
  (what: string) =>
  ({ waitSeconds }: { waitSeconds: number }): Described => ({
    reason: `${what} has not answered every canary invocation yet`,
    seconds: waitSeconds,
  });

const untilGone = ({ status, waitSeconds }: { status: string | null; waitSeconds: number }): Described => ({
  reason: status === null ? 'the endpoint is not gone yet' : `the endpoint is ${status}`,
  seconds: waitSeconds,
});

/** Each wait with the output that decided on it. */
const waits: Record<WaitName, (state: Record<string, unknown>) => Described | null> = {
  WaitForLease: by('lease', ({ reason, waitSeconds }) => (reason === null ? null : { reason, seconds: waitSeconds })),
  WaitForIdleEndpoint: by('plan', (plan) =>
    plan.verdict === 'wait' ? { reason: plan.reason, seconds: plan.waitSeconds } : null,
  ),
  WaitForCandidate: by('candidate', inDeployment('the candidate')),
  WaitForCandidateDeletion: by('candidateRemoval', ({ waitSeconds }) => ({
    reason: 'the candidate is not gone yet',
    seconds: waitSeconds,
  })),
  WaitForCandidateAnswers: by('candidateCanaryInvocations', unanswered('the candidate')),
  WaitForEndpoint: by('deployment', inDeployment('the endpoint')),
  WaitForWeights: by('weights', ({ progress, waitSeconds }) => ({
    reason: `the weights move, ${progress ?? 'as planned'}`,
    seconds: waitSeconds,
  })),
  WaitForCanary: by('canaryInvocations', unanswered('the endpoint')),
  WaitForRetirement: by('retirement', untilGone),
  WaitForRollback: by('rollback', untilGone),
};

export const isWait = (name: string): name is WaitName => Object.hasOwn(waits, name);

/** Null for a wait that this version of the client does not know. */
export const describeWait = (name: string, state: Record<string, unknown>): Described | null =>
  isWait(name) ? waits[name](state) : null;
