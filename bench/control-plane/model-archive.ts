// A model archive that the deployer accepts, and the answer that its golden case expects.
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** What the benchmark's endpoints answer: no inference server is started for them. */
export const ANSWER = { predictions: [{ predicted_class: 'setosa' }] };

const golden = {
  cases: [
    {
      name: 'setosa',
      request: { contentType: 'application/json', body: { instances: [[5.1, 3.5, 1.4, 0.2]] } },
      expect: { status: 200, json: ANSWER },
    },
  ],
};

export function modelArchive(): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'model.pkl' }, 'Nobody loads it: the control plane is what is measured.');
  archive.entry({ name: 'golden.json' }, JSON.stringify(golden));
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}
