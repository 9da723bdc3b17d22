// One invocation of a Lambda function: its calls take time, its time is limited, and nothing stops it from outside.
import type { RetryErrorType, RetryStrategyV2, SdkError } from '@smithy/types';
import { noRetries, rateLimitRetries, retryToken } from '../../lambdas/aws/rate-limit-retry-strategy.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { contractCheck } from '../../lambdas/runtime/contract-check.ts';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import type { Json } from '../engine/asl.ts';
import { TaskFailure } from '../engine/execution.ts';
import type { VirtualTime } from '../engine/virtual-time.ts';
import { Clients, type ServiceName } from './aws/clients.ts';
import type { SimulatedFunction } from './functions.ts';

/** Milliseconds before its end at which a function gives up by itself: middy's early timeout. */
const EARLY_MILLISECONDS = 5;
/** As its client in serving-image/model_trial/handler.py: nothing else tries again for it. */
const ATTEMPTS_OF_TRIALS = 4;
const CALL_MILLISECONDS = [15, 60] as const;
const never = new Promise<never>(() => {});

const checks = new Map<string, ReturnType<typeof contractCheck>>(
  stepNames.map((step: StepName) => [step, contractCheck(step)]),
);

/** One API call of one function, as faults see it. */
export interface AccountCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly by: Invocation;
}

/** What the functions of an account share: its time and chance, how often their clients try, and who answers their calls. */
export interface CalledAccount {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly sdkAttempts: number;
  /** Rejects with what an SDK client throws. */
  take(call: AccountCall): Promise<object>;
}

export class Invocation {
  readonly of: SimulatedFunction;
  /** Of the execution that asked for it; null for functions outside the machine. */
  readonly executionName: string | null;
  readonly endsAt: number;
  /** How many calls it has made. */
  calls = 0;
  /** Its sandbox is gone: what still comes back is heard by nobody. */
  isDead = false;
  isAnswered = false;
  readonly #account: CalledAccount;

  constructor(account: CalledAccount, of: SimulatedFunction, executionName: string | null) {
    this.#account = account;
    this.of = of;
    this.executionName = executionName;
    this.endsAt = account.time.now + of.timeoutSeconds * 1000;
  }

  /** What the function answers. Rejects with a TaskFailure, as Lambda tells whoever invoked it. */
  run(payload: Json): Promise<Json> {
    const { time } = this.#account;
    return new Promise((resolve, reject) => {
      const fail = (name: string, message: string) => {
        this.isDead = true;
        reject(new TaskFailure(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] })));
      };
      const cancel = time.at(this.endsAt - EARLY_MILLISECONDS, () =>
        fail('ServiceUnavailable', `${this.of.name} did not end within the time of its function.`),
      );
      this.#handle(payload)
        .then((output) => resolve(JSON.parse(JSON.stringify(output ?? null))))
        .catch((error: Error) => fail(error.name, error.message))
        .finally(cancel);
    });
  }

  /** With the contract's checks on both sides, as `taskHandler` has them. */
  async #handle(payload: Json): Promise<unknown> {
    const world = {
      clients: new Clients((service, operation, input) => this.#send(service, operation, input)),
      clock: {
        now: () => new Date(this.#account.time.now),
        remainingMilliseconds: () => this.remainingMilliseconds(),
        sleep: (milliseconds: number) => this.#sleep(milliseconds),
      },
    };
    const check = checks.get(this.of.name);
    const request = { event: JSON.parse(JSON.stringify(payload)), response: undefined as unknown };
    await check?.before?.(request as never);
    request.response = await this.of.run(world, request.event);
    await check?.after?.(request as never);
    return request.response;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await this.#account.time.sleep(milliseconds);
    if (this.isDead) await never;
  }

  /** With the attempts and the pauses of its SDK client. */
  async #send(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<object> {
    const retries = this.#retriesOf(service);
    let token = await retries.acquireInitialRetryToken(service);
    for (;;) {
      const [least, most] = CALL_MILLISECONDS;
      await this.#sleep(least + (most - least) * this.#account.random());
      try {
        this.calls += 1;
        const output = await this.#account.take({ service, operation, input, by: this });
        if (this.isDead) await never;
        retries.recordSuccess(token);
        return output;
      } catch (error) {
        if (this.isDead) await never;
        const of = { error: error as SdkError, errorType: errorTypeOf(error as SdkError) };
        const next = await retries.refreshRetryTokenForRetry(token, of).catch(() => null);
        if (next === null) throw error;
        token = next;
        await this.#sleep(token.getRetryDelay());
      }
    }
  }

  /** Those of `lambdas/aws/clients.ts`; a scenario may have clients that try but once, and other programs have other clients. */
  #retriesOf(service: ServiceName): RetryStrategyV2 {
    const { sdkAttempts, random } = this.#account;
    if (service === 'sagemaker-runtime') return noRetries(this);
    if (this.of.step === 'TryModel') return standardRetries(ATTEMPTS_OF_TRIALS, random);
    const isLimited = service === 'sagemaker' || service === 'application-autoscaling';
    if (isLimited && sdkAttempts > 1 && checks.has(this.of.name)) return rateLimitRetries(this, random);
    return standardRetries(sdkAttempts, random);
  }

  /** Of its own time, in milliseconds. */
  remainingMilliseconds(): number {
    return this.endsAt - this.#account.time.now;
  }
}

const THROTTLING = /Throttl|SlowDown|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded/;

type Failure = Error & { readonly code?: string; readonly $metadata?: { readonly httpStatusCode?: number } };

/** As the SDK sorts them. */
export function errorTypeOf(error: Failure): RetryErrorType {
  if (error instanceof RolloutError) return 'CLIENT_ERROR';
  if (THROTTLING.test(error.name)) return 'THROTTLING';
  if ((error.$metadata?.httpStatusCode ?? 0) >= 500 || error.code === 'ECONNRESET' || error.name === 'TimeoutError')
    return 'TRANSIENT';
  return 'CLIENT_ERROR';
}

/** The SDK's own strategy, without its quota: full jitter from 50 ms, or 1 s after throttling, doubled each time, up to 20 s. */
function standardRetries(attempts: number, random: () => number): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: async () => retryToken(0, 0),
    refreshRetryTokenForRetry: async (last, { errorType }) => {
      const count = last.getRetryCount() + 1;
      if (errorType === 'CLIENT_ERROR' || count >= attempts) throw new Error('It is not tried again.');
      const first = errorType === 'THROTTLING' ? 1_000 : 50;
      return retryToken(count, random() * Math.min(20_000, first * 2 ** (count - 1)));
    },
    recordSuccess: () => {},
  };
}
