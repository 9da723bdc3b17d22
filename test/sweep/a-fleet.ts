// Endpoints with their leases, and a Step Functions that answers the real client: each call takes the time that it takes there.
import { SFNClient } from '@aws-sdk/client-sfn';
import { SWEEP_SECONDS } from '../../infra/task-functions.ts';
import { stepFunctionsExecutions } from '../../lambdas/aws/stepfunctions-executions.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { SweepResult } from '../../lambdas/core/recovery/sweep-result.ts';
import type { Leases } from '../../lambdas/ports/leases.ts';
import type { Ledger } from '../../lambdas/ports/ledger.ts';
import type { SweepPorts } from '../../lambdas/ports/sweep-ports.ts';
import { sweep } from '../../lambdas/tasks/sweep.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { aRollout } from '../lease/a-rollout.ts';
import { unexpected } from '../ports/unexpected.ts';
import { type Call, Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';

/** In milliseconds, as measured from a function in the same Region, rounded up. */
const LASTS: Record<string, number> = { ListExecutions: 300, DescribeExecution: 40, StartExecution: 50 };
const OF_THE_LEDGER = 10;

interface Execution {
  name: string;
  status: 'RUNNING' | 'ABORTED' | 'FAILED' | 'SUCCEEDED';
  startedAt: number;
  stoppedAt: number | null;
  input: object;
}

export class Fleet {
  now = Date.UTC(2026, 0, 2);
  readonly executions = new Map<string, Execution>();
  readonly leases = new Map<string, Lease>();
  readonly told = new Set<string>();
  readonly uploads: Upload[] = [];
  /** Of Step Functions; `at` is when it was answered. */
  calls: (Call & { at: number })[] = [];
  /** By how much ListExecutions lags behind. */
  lag = 0;
  /** Whether DescribeExecution is refused, by how often it was asked for in this sweep. */
  throttles: (times: number) => boolean = () => false;
  /** Before each call of any kind is answered. */
  meanwhile: () => void = () => {};
  readonly #ports: SweepPorts;
  #endsAt = 0;
  #descriptions = 0;

  constructor() {
    const { options } = sdkAnswers((call) => {
      this.#lasts(LASTS[call.operation]!);
      this.calls.push({ ...call, at: this.now });
      return this.#answer(call);
    });
    const inLedger =
      <In extends unknown[], Out>(call: (...given: In) => Out) =>
      async (...given: In): Promise<Awaited<Out>> => {
        this.#lasts(OF_THE_LEDGER);
        return await call(...given);
      };
    this.#ports = {
      clock: {
        now: () => new Date(this.now),
        remainingMilliseconds: () => this.#endsAt - this.now,
        sleep: async (milliseconds) => {
          this.now += milliseconds;
        },
      },
      executions: stepFunctionsExecutions(new SFNClient(options), MACHINE),
      leases: unexpected<Leases>('leases', {
        read: inLedger((endpointName) => this.leases.get(endpointName) ?? null),
        inUse: inLedger(() => [...this.leases.values()].filter(isInUse)),
      }),
      ledger: unexpected<Ledger>('ledger', {
        findUpload: inLedger(({ key }) => (this.told.has(key) ? ({} as never) : null)),
      }),
      sweeperLedger: {
        withoutOutcome: inLedger((names) => names.filter((name) => !this.told.has(name))),
        sweptSince: async () => '2026-01-01T00:00:00.000Z',
      },
      uploads: unexpected<SweepPorts['uploads']>('uploads', { listAll: async () => this.uploads }),
    };
  }

  /** An execution about an endpoint, which owns its lease or, if somebody else does, waits for it. */
  rollout(rolloutId: string, endpointName: string, recovers: LeasedRollout | null = null): void {
    this.begin(rolloutId, { endpointName });
    const lease = this.leases.get(endpointName) ?? { ...neverLeased(endpointName), version: 1 };
    const rollout = { ...aRollout(rolloutId), executionArn: arn(rolloutId) };
    const at = new Date(this.now).toISOString();
    const times = { acquiredAt: at, heartbeatAt: at, plan: null };
    const next =
      lease.owner === null
        ? { ...lease, fencing: lease.fencing + 1, owner: { rollout, recovers, ...times } }
        : {
            ...lease,
            waiting: [...lease.waiting, { rollout, kind: 'request' as const, since: at, debounceUntil: null }],
          };
    this.leases.set(endpointName, { ...next, version: lease.version + 1 });
  }

  begin(name: string, input: object): void {
    this.executions.set(name, { name, status: 'RUNNING', startedAt: this.now, stoppedAt: null, input });
  }

  end(name: string, status: Execution['status'] = 'ABORTED'): void {
    Object.assign(this.executions.get(name)!, { status, stoppedAt: this.now });
  }

  /** They came to their ends by themselves: their outcomes are told, and no lease knows them. */
  leave(...rolloutIds: string[]): void {
    const left = new Set(rolloutIds);
    for (const rolloutId of left) this.told.add(rolloutId);
    const isIt = ({ rollout }: { rollout: LeasedRollout }) => left.has(rollout.rolloutId);
    for (const [endpointName, lease] of this.leases) {
      const owner = lease.owner !== null && isIt(lease.owner) ? null : lease.owner;
      const waiting = lease.waiting.filter((entry) => !isIt(entry));
      if (owner !== lease.owner || waiting.length < lease.waiting.length)
        this.leases.set(endpointName, { ...lease, owner, waiting, version: lease.version + 1 });
    }
  }

  /** What the sweeper started comes to its end. @returns the rollouts that it was started for */
  recover(): string[] {
    const running = [...this.executions.values()].filter(
      ({ name, status }) => /^recover-/.test(name) && status === 'RUNNING',
    );
    const recovered = running.map(({ input }) => (input as { rolloutId: string }).rolloutId);
    this.leave(...recovered);
    for (const { name } of running) this.end(name, 'SUCCEEDED');
    return recovered;
  }

  /** One run of the function. @returns with the milliseconds that were left of its time */
  async sweep(event: object = {}): Promise<SweepResult & { remaining: number }> {
    this.calls = [];
    this.#descriptions = 0;
    this.#endsAt = this.now + SWEEP_SECONDS * 1000;
    const swept = await sweep(this.#ports, { bucketName: 'bucket', defaultEndpointName: null })(event);
    return { ...swept, remaining: this.#endsAt - this.now };
  }

  /** The event of its end. */
  sweepAfter = (rolloutId: string) => this.sweep({ source: 'aws.states', detail: { executionArn: arn(rolloutId) } });

  /** How often it was called, for example `ListExecutions RUNNING`. */
  count(operation: string): number {
    return this.calls.filter((call) => `${call.operation} ${call.input.statusFilter ?? ''}`.trim() === operation)
      .length;
  }

  #lasts(milliseconds: number): void {
    this.meanwhile();
    this.now += milliseconds;
    if (this.now >= this.#endsAt) throw new Error('The time of the function is over.');
  }

  #answer({ operation, input }: Call): object {
    const name = String(input.name ?? String(input.executionArn).split(':').at(-1));
    const found = this.executions.get(name);
    if (operation === 'ListExecutions') return this.#list(input);
    if (operation === 'StartExecution') {
      if (found !== undefined) throw new Refusal('ExecutionAlreadyExists');
      this.begin(name, JSON.parse(String(input.input)));
      return { executionArn: arn(name), startDate: this.now / 1000 };
    }
    this.#descriptions += 1;
    if (this.throttles(this.#descriptions)) throw new Refusal('ThrottlingException');
    if (found === undefined) throw new Refusal('ExecutionDoesNotExist');
    return { ...described(found), input: JSON.stringify(found.input) };
  }

  #list({ statusFilter, maxResults, nextToken = '0' }: Record<string, unknown>): object {
    const before = this.now - this.lag;
    const all = [...this.executions.values()]
      .filter(({ startedAt }) => startedAt <= before)
      .map((each) =>
        each.stoppedAt !== null && each.stoppedAt > before ? { ...each, status: 'RUNNING' as const } : each,
      )
      .filter(({ status }) => status === statusFilter);
    const [from, to] = [Number(nextToken), Number(nextToken) + Number(maxResults)];
    return { executions: all.slice(from, to).map(described), ...(to < all.length && { nextToken: String(to) }) };
  }
}

const isInUse = ({ owner, waiting }: Lease) => owner !== null || waiting.length > 0;

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Rollout';
export const arn = (name: string) => `${MACHINE.replace('stateMachine', 'execution')}:${name}`;

const described = ({ name, status, startedAt, stoppedAt }: Execution) => ({
  ...{ name, executionArn: arn(name), status, startDate: startedAt / 1000 },
  ...(stoppedAt !== null && status !== 'RUNNING' && { stopDate: stoppedAt / 1000 }),
});
