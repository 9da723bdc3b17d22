/** Ends an inference server; the change that no longer needs it does not wait for that. */

import type { VariantServer } from './fleet.ts';
import type { World } from './world.ts';

export function stopServer(world: World, server: VariantServer): void {
  const stopped = server.stop().catch(() => undefined);
  world.stopping.add(stopped);
  void stopped.then(() => world.stopping.delete(stopped));
}
