// Finds a TCP port on 127.0.0.1 that nobody listens on.
import { type AddressInfo, createServer } from 'node:net';

/** A free port. Between this answer and its use somebody else may take it: whoever listens there has to check. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
