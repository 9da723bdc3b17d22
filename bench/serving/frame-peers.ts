// Servers of the pipeline that takes a DataFrame: texts, numbers and gaps, by the names of the columns.
import { join } from 'node:path';
import { mlserver } from './mlserver.ts';
import { modelFile, type Peer, peerFolder } from './peer.ts';
import { PROTOCOLS } from './protocols.ts';

export const FRAME_PEERS: readonly Peer[] = [
  {
    name: 'fastapi-frame',
    title: 'FastAPI with pandas',
    kind: 'frame',
    environment: 'fastapi',
    distribution: 'fastapi',
    protocol: PROTOCOLS.recipe,
    start: ({ bin, port, workers, model }) => ({
      command: [
        ...[join(bin, 'uvicorn'), 'frame_server:app', '--host', '127.0.0.1', '--port', `${port}`],
        ...['--workers', `${workers}`],
      ],
      environment: { MODEL: modelFile(model) },
      directory: peerFolder('fastapi'),
    }),
  },
  {
    name: 'mlserver-frame',
    title: 'MLServer with its codec for a DataFrame',
    kind: 'frame',
    environment: 'mlserver',
    distribution: 'mlserver',
    protocol: PROTOCOLS.dataFrame,
    start: (options) => ({
      ...mlserver({ implementation: 'frame_runtime.FrameModel' })(options),
      environment: { PYTHONPATH: peerFolder('mlserver') },
    }),
  },
];
