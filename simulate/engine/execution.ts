// One execution of the machine on virtual time: retries with their jitter, timeouts, aborts at any point, redrives.
import { type CompiledState, type Json, type Machine, type Retrier, StatesRuntime } from './asl.ts';
import { TaskTokens } from './task-tokens.ts';
import type { VirtualTime } from './virtual-time.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

/** What a task of the machine ends with, when it fails: as Lambda tells Step Functions. */
export class TaskFailure extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export interface Surroundings {
  readonly time: VirtualTime;
  /** Draws in [0, 1), for jitter. */
  readonly random: () => number;
  /** Invokes the function behind a task state. Rejects with a TaskFailure. */
  readonly invoke: (resource: string, payload: Json) => Promise<Json>;
  /** Who answers callback states; nobody, where it is left out. */
  readonly tokens?: TaskTokens;
  /** Called when a state is entered, and when it was left; may stop the execution. */
  readonly watch?: (execution: Execution, moment: 'entering' | 'left', state: string) => void;
  readonly ended?: (execution: Execution) => void;
}

// What Step Functions writes for one visit: entered and exited, and for a task scheduled, started and succeeded between.
const EVENTS: Record<CompiledState['type'], number> = { Task: 5, Choice: 2, Wait: 2, Pass: 2, Succeed: 2, Fail: 1 };
/** And of a callback, that the function took the token. */
const SUBMITTED = 1;
const isCallback = (state: CompiledState) => state.type === 'Task' && state.isCallback;

export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: Json;
  readonly startedAt: number;
  status: ExecutionStatus = 'RUNNING';
  stoppedAt: number | null = null;
  output: Json = null;
  error: string | null = null;
  cause: string | null = null;
  /** Every state that was entered, in order, retries not counted. */
  readonly states: string[] = [];
  /** When each of them was. */
  readonly enteredAt: number[] = [];
  readonly caught: string[] = [];
  /** `State:Error` for each retry. */
  readonly retried: string[] = [];
  /** Events of its history as Step Functions counts them, and the largest state in bytes. */
  events = 2;
  largestStateBytes = 0;
  /** Where it is: the state and that state's input, which is where a redrive begins. */
  position: { state: string; data: Json };
  /** Grows when it stops or is driven again: whoever was waiting for an older run goes on no more. */
  #run = 0;
  #cancelTimeout: () => void = () => {};
  /** Of the callback that is waited for. */
  #closeToken: () => void = () => {};
  readonly #tokens: TaskTokens;
  readonly #machine: Machine;
  readonly #world: Surroundings;

  constructor(machine: Machine, world: Surroundings, { arn, name, input }: { arn: string; name: string; input: Json }) {
    this.#machine = machine;
    this.#world = world;
    this.#tokens = world.tokens ?? new TaskTokens(() => world.time.now);
    this.arn = arn;
    this.name = name;
    this.input = input;
    this.startedAt = world.time.now;
    this.position = { state: machine.startAt, data: input };
    this.#drive();
  }

  /** StopExecution, or the end of the machine's time: runs no Catch, and stops no function that is running. */
  stop(status: 'ABORTED' | 'TIMED_OUT' = 'ABORTED'): void {
    if (this.status === 'RUNNING') this.#end(status, { error: status === 'TIMED_OUT' ? 'States.Timeout' : null });
  }

  /** RedriveExecution: from the state at which it ended, with that state's input, and with the definition it began with. */
  redrive(): void {
    if (this.status === 'RUNNING' || this.status === 'SUCCEEDED')
      throw new Error(`A ${this.status} execution is not redriven.`);
    this.status = 'RUNNING';
    this.stoppedAt = null;
    this.error = null;
    this.cause = null;
    this.#drive();
  }

  #drive(): void {
    const run = ++this.#run;
    const { timeoutSeconds } = this.#machine;
    if (Number.isFinite(timeoutSeconds))
      this.#cancelTimeout = this.#world.time.at(this.#world.time.now + timeoutSeconds * 1000, () =>
        this.stop('TIMED_OUT'),
      );
    void this.#follow(() => run === this.#run && this.status === 'RUNNING');
  }

  #end(status: ExecutionStatus, how: { output?: Json; error?: string | null; cause?: string | null }): void {
    this.status = status;
    this.stoppedAt = this.#world.time.now;
    this.output = how.output ?? null;
    this.error = how.error ?? null;
    this.cause = how.cause ?? null;
    this.#run += 1;
    this.#cancelTimeout();
    this.#closeToken();
    this.#world.ended?.(this);
  }

  async #follow(isCurrent: () => boolean): Promise<void> {
    const context = {
      Execution: { Id: this.arn, Name: this.name, StartTime: new Date(this.startedAt).toISOString() },
    };
    try {
      while (isCurrent()) {
        const { state: name, data } = this.position;
        const state = this.#machine.states[name];
        if (state === undefined) throw new StatesRuntime(`There is no state ${name}`);
        this.#world.watch?.(this, 'entering', name);
        if (!isCurrent()) return;
        this.states.push(name);
        this.enteredAt.push(this.#world.time.now);
        this.events += EVENTS[state.type] + (isCallback(state) ? SUBMITTED : 0);
        this.#measure(data);
        const next = await this.#visit(name, state, data, context, isCurrent);
        if (next === null || !isCurrent()) return;
        this.position = next;
        this.#world.watch?.(this, 'left', name);
      }
    } catch (error) {
      if (!isCurrent()) return;
      // A mistake of the machine itself, or of the simulation: never silent.
      this.#end('FAILED', { error: (error as Error).name, cause: (error as Error).message });
    }
  }

  /** Most states hand on what they were given. */
  #measure(data: Json): void {
    if (data === this.#measured) return;
    this.#measured = data;
    this.largestStateBytes = Math.max(this.largestStateBytes, Buffer.byteLength(JSON.stringify(data)));
  }
  #measured: Json | undefined;

  /** The state after this one with its input; null when the execution has ended. */
  async #visit(
    name: string,
    state: CompiledState,
    data: Json,
    context: Json,
    isCurrent: () => boolean,
  ): Promise<{ state: string; data: Json } | null> {
    switch (state.type) {
      case 'Pass':
        return this.#goOn(state.next, state.write(data, state.result(data, context)));
      case 'Choice': {
        const next = state.choices.find(({ holds }) => holds(data))?.next ?? state.otherwise;
        if (next === null) throw new TaskFailure('States.NoChoiceMatched', name);
        return { state: next, data };
      }
      case 'Wait':
        await this.#world.time.sleep(Number(state.seconds(data, context)) * 1000);
        return this.#goOn(state.next, data);
      case 'Succeed':
        this.#end('SUCCEEDED', { output: state.output(data, context) });
        return null;
      case 'Fail':
        this.#end('FAILED', {
          error: state.error(data, context) as string | null,
          cause: state.cause(data, context) as string | null,
        });
        return null;
      case 'Task':
        return this.#perform(name, state, data, context, isCurrent);
    }
  }

  #goOn(next: string | null, data: Json): { state: string; data: Json } | null {
    if (next !== null) return { state: next, data };
    this.#end('SUCCEEDED', { output: data });
    return null;
  }

  async #perform(
    name: string,
    state: CompiledState & { type: 'Task' },
    data: Json,
    context: Json,
    isCurrent: () => boolean,
  ): Promise<{ state: string; data: Json } | null> {
    const tried = new Map<Retrier, number>();
    for (;;) {
      try {
        const result = await this.#attempt(state, data, context);
        return isCurrent() ? this.#goOn(state.next, state.write(data, result)) : null;
      } catch (error) {
        if (!isCurrent()) return null;
        if (!(error instanceof TaskFailure)) throw error;
        const retrier = state.retriers.find(({ errors }) => matches(errors, error.name));
        const attempt = retrier === undefined ? 0 : (tried.get(retrier) ?? 0);
        if (retrier !== undefined && attempt < retrier.maximumAttempts) {
          tried.set(retrier, attempt + 1);
          this.retried.push(`${name}:${error.name}`);
          this.events += 3 + (state.isCallback ? SUBMITTED : 0);
          await this.#world.time.sleep(delayMilliseconds(retrier, attempt, this.#world.random));
          if (!isCurrent()) return null;
          continue;
        }
        const catcher = state.catchers.find(({ errors }) => matches(errors, error.name));
        if (catcher === undefined) {
          this.#end('FAILED', { error: error.name, cause: error.message });
          return null;
        }
        this.caught.push(name);
        return { state: catcher.next, data: catcher.write(data, { Error: error.name, Cause: error.message }) };
      }
    }
  }

  /** The state's own timeout ends the waiting, not the function. */
  #attempt(state: CompiledState & { type: 'Task' }, data: Json, context: Json): Promise<Json> {
    const { time, invoke } = this.#world;
    const timeoutSeconds = state.timeoutSeconds(data);
    const answer = state.isCallback
      ? this.#callBack(state, data, context)
      : invoke(state.resource, state.payload(data, context));
    if (!Number.isFinite(timeoutSeconds)) return answer;
    return new Promise((resolve, reject) => {
      const cancel = time.at(time.now + timeoutSeconds * 1000, () => {
        this.#closeToken();
        reject(new TaskFailure('States.Timeout', ''));
      });
      answer.then(resolve, reject).finally(cancel);
    });
  }

  /**
   * Ends by the first of: an answer to the token, and an error of the function. What the function returns ends nothing, and
   * what it does after an answer is not waited for. Each try has a token of its own.
   * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
   */
  #callBack(state: CompiledState & { type: 'Task' }, data: Json, context: Json): Promise<Json> {
    return new Promise((resolve, reject) => {
      const { token, close } = this.#tokens.issue(this.arn, {
        succeeded: (output) => {
          close();
          resolve(output);
        },
        failed: (error, cause) => {
          close();
          reject(new TaskFailure(error, cause));
        },
      });
      this.#closeToken = close;
      const payload = state.payload(data, { ...(context as object), Task: { Token: token } });
      this.#world.invoke(state.resource, payload).catch((error) => {
        close();
        reject(error);
      });
    });
  }
}

const matches = (errors: readonly string[], name: string) =>
  errors.some(
    (each) => each === name || each === 'States.ALL' || (each === 'States.TaskFailed' && name !== 'States.Timeout'),
  );

/** interval x rate^attempt, capped; full jitter draws from 0 to that. */
export function delayMilliseconds(retrier: Retrier, attempt: number, random: () => number): number {
  const whole = Math.min(retrier.maximumDelaySeconds, retrier.intervalSeconds * retrier.backoffRate ** attempt);
  return 1000 * whole * (retrier.jitter ? random() : 1);
}
