// The only error that is thrown on purpose: its name is the policy, see `contract/errors.ts`.
import type { ErrorName } from '../../state-machine/contract/errors.ts';

/** Step Functions matches Retry and Catch on `name`, which is data here and so survives minification. */
export class RolloutError extends Error {
  override readonly name: ErrorName;

  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
