// Deletes a deployed stack, unless something still lives on it.
import { ownEndpoints } from './own-hosting.ts';
import { retained } from './retained.ts';
import { type RetireOptions, retireEndpoints } from './retire-endpoints.ts';

export interface DestroyOptions extends RetireOptions {
  outputs: Record<string, string>;
  /** Names of the executions that are running. */
  running(): Promise<string[]>;
  /** Retire the endpoints first, instead of refusing. */
  retire: boolean;
  /** Runs `cdk destroy`. */
  destroy(): Promise<void>;
}

/** @throws an error that names what is in the way; nothing was changed then */
export async function destroyStack(options: DestroyOptions): Promise<void> {
  const { stackName, outputs, tell, retire } = options;
  const running = await options.running();
  if (running.length > 0) {
    throw new Error(
      `${running.length} rollouts of ${stackName} are running: ${running.join(', ')}. Wait for their ends, or stop them.`,
    );
  }
  const endpoints = await ownEndpoints(options.sageMaker, stackName);
  for (const { name, status } of endpoints) tell(`endpoint ${name}: ${status}`);
  if (endpoints.length > 0 && !retire) {
    throw new Error(
      `${endpoints.length} endpoints of ${stackName} exist. They would go on serving and costing without what manages ` +
        'them. Run again with --retire-endpoints to delete them first.',
    );
  }
  if (retire) await retireEndpoints(options);
  tell(`deleting the stack ${stackName}`);
  await options.destroy();
  for (const line of retained(outputs)) tell(line);
}
