// What the caller may not read: known to be unknown, never taken for something that is not there.
import { RolloutError } from '../../lambdas/core/rollout-error.ts';

export class NotReadable extends Error {
  override readonly name = 'NotReadable';
}

/** Also what a task would take for its own fault: S3 tells with the same status that a key may not be used. */
function isDenied(error: unknown): boolean {
  if (!(error instanceof RolloutError)) return false;
  const { name, $metadata } = (error.cause ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  return error.name === 'AccessDenied' || name === 'AccessDenied' || $metadata?.httpStatusCode === 403;
}

export const asNotReadable = (error: unknown, what: string): unknown =>
  isDenied(error) ? new NotReadable(`${what}: ${(error as Error).message}`, { cause: error }) : error;

/** The port, each method of which rejects with `NotReadable` where AWS refuses access. `what` is read by it, for people. */
export function readable<Port extends object>(port: Port, what: string): Port {
  const methods = Object.entries(port).map(([name, method]) => [
    name,
    async (...parameters: unknown[]) => {
      try {
        return await method(...parameters);
      } catch (error) {
        throw asNotReadable(error, what);
      }
    },
  ]);
  return Object.fromEntries(methods) as Port;
}
