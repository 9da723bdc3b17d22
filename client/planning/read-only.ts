// SDK clients that can read, and nothing else: whatever code is behind a plan, no call that changes something leaves this machine.
import type { MiddlewareStack } from '@smithy/types';

/** Of all operations that planning calls: each begins with one of these. */
const READS = /^(Describe|Get|Head|List|Query|BatchGet)/;

export const isReadOnly = (operation: string): boolean => READS.test(operation);

/** The same client, each call of which is looked at before it is signed. */
export function readOnly<Client extends { readonly middlewareStack: object }>(client: Client): Client {
  // Each client has a stack of its own inputs and outputs, which do not matter here.
  const stack = client.middlewareStack as unknown as MiddlewareStack<object, object>;
  stack.add(
    (next, { commandName = '(unnamed)' }) =>
      (call) =>
        isReadOnly(commandName) ? next(call) : Promise.reject(new Error(`A plan changes nothing: ${commandName}.`)),
    { name: 'readOnly', step: 'initialize', priority: 'high' },
  );
  return client;
}
