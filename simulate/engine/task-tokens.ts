// Task tokens as Step Functions issues and answers them: one for each try of a callback state, good for one answer.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
import { createHash } from 'node:crypto';
import type { Json } from './asl.ts';

/** What SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat refuse an answer with. */
export class TokenRefusal extends Error {
  override readonly name: 'InvalidToken' | 'TaskTimedOut' | 'TaskDoesNotExist' | 'InvalidOutput';

  constructor(name: TokenRefusal['name'], message: string) {
    super(message);
    this.name = name;
  }
}

interface Listener {
  readonly succeeded: (output: Json) => void;
  readonly failed: (error: string, cause: string) => void;
}

interface Issued {
  /** Null once the state has got its answer, has failed, or has timed out, or its execution has ended. */
  listener: Listener | null;
  closedAt: number;
}

/** Step Functions removes an execution 90 days after it has ended: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const FORGOTTEN_MILLISECONDS = 90 * 24 * 3_600_000;

export class TaskTokens {
  readonly #issued = new Map<string, Issued>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new token. Once `close` was called, nobody who has it is listened to any more. */
  issue(executionArn: string, listener: Listener): { readonly token: string; readonly close: () => void } {
    const token = createHash('sha512').update(`${executionArn} ${this.#issued.size}`).digest('base64');
    const issued: Issued = { listener, closedAt: 0 };
    this.#issued.set(token, issued);
    const close = () => {
      if (issued.listener === null) return;
      issued.listener = null;
      issued.closedAt = this.#now();
    };
    return { token, close };
  }

  /** Every token that was ever issued: what must stand in no document. */
  get all(): readonly string[] {
    return [...this.#issued.keys()];
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
  succeed(token: string, output: string): void {
    const listener = this.#find(token);
    let parsed: Json;
    try {
      parsed = JSON.parse(output);
    } catch {
      throw new TokenRefusal('InvalidOutput', "Invalid Output: 'The provided JSON output data is not valid.'");
    }
    listener.succeeded(parsed);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
  fail(token: string, error: string, cause: string): void {
    this.#find(token).failed(error, cause);
  }

  /** No state has HeartbeatSeconds: it only says whether somebody still waits. */
  heartbeat(token: string): void {
    this.#find(token);
  }

  /**
   * AWS documents what each error means and not when it comes: a task that has its answer or timed out is closed, and so is
   * one whose execution has ended; what was never issued is no token; and what is removed does not exist.
   */
  #find(token: string): Listener {
    const issued = this.#issued.get(token);
    if (issued === undefined) throw new TokenRefusal('InvalidToken', "Invalid Token: 'Invalid token'");
    if (issued.listener !== null) return issued.listener;
    if (this.#now() - issued.closedAt >= FORGOTTEN_MILLISECONDS)
      throw new TokenRefusal('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
    throw new TokenRefusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }
}
