// What is measured: this project's server and the others, each with the production command that its documentation gives.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FRAME_PEERS } from './frame-peers.ts';
import { mlserver } from './mlserver.ts';
import { IMAGE, modelFile, type Peer, peerFolder, type Start, type StartCommand } from './peer.ts';
import { PROTOCOLS } from './protocols.ts';

const HERE = import.meta.dirname;

const ours = ({ bin, port, workers, model }: Start): StartCommand => ({
  command: [join(bin, 'python'), '-m', 'inference_server', 'serve'],
  environment: {
    PYTHONPATH: IMAGE,
    SM_MODEL_DIR: model,
    SAGEMAKER_BIND_TO_PORT: `${port}`,
    SAGEMAKER_MODEL_SERVER_WORKERS: `${workers}`,
  },
});

const bentoml =
  (batch: '0' | '1') =>
  ({ bin, port, workers, model }: Start): StartCommand => ({
    command: [join(bin, 'bentoml'), 'serve', 'service:Forest', '--host', '127.0.0.1', '--port', `${port}`],
    environment: { MODEL: modelFile(model), BATCH: batch, WORKERS: `${workers}`, BENTOML_DO_NOT_TRACK: 'True' },
    directory: peerFolder('bentoml'),
  });

const litserve =
  (batch: '0' | '1') =>
  ({ bin, port, workers, model }: Start): StartCommand => ({
    command: [join(bin, 'python'), 'server.py', `${port}`],
    environment: { MODEL: modelFile(model), BATCH: batch, WORKERS: `${workers}` },
    directory: peerFolder('litserve'),
  });

export const PEERS: readonly Peer[] = [
  { name: 'ours', title: 'this server', kind: 'ours', environment: 'serving', protocol: PROTOCOLS.recipe, start: ours },
  {
    name: 'nginx',
    title: 'nginx, a static answer',
    kind: 'floor',
    environment: 'nginx',
    protocol: PROTOCOLS.recipe,
    start: ({ nginx, port, workers, scratch, staticAnswer }) => {
      writeFileSync(join(scratch, 'nginx.conf'), nginxConfiguration(scratch, port, workers, staticAnswer));
      return { command: [nginx, '-p', scratch, '-c', join(scratch, 'nginx.conf'), '-e', join(scratch, 'error.log')] };
    },
  },
  {
    name: 'uvicorn',
    title: 'uvicorn, raw ASGI, this server’s checks and model',
    kind: 'http',
    environment: 'uvicorn',
    distribution: 'uvicorn',
    protocol: PROTOCOLS.recipe,
    start: ({ bin, port, workers, model }) => ({
      command: [join(bin, 'python'), 'server.py', `${port}`, `${workers}`],
      environment: { PYTHONPATH: IMAGE, SM_MODEL_DIR: model, SAGEMAKER_MODEL_SERVER_WORKERS: '1' },
      directory: peerFolder('uvicorn'),
    }),
  },
  {
    name: 'recipe',
    title: 'the recipe: Flask’s development server',
    kind: 'recipe',
    environment: 'flask',
    distribution: 'flask',
    protocol: PROTOCOLS.recipe,
    start: ({ bin, port, model }) => ({
      command: [join(bin, 'python'), join(HERE, 'recipe_server.py'), modelFile(model), `${port}`],
    }),
  },
  {
    name: 'gunicorn',
    title: 'gunicorn + Flask',
    kind: 'gunicorn',
    environment: 'flask',
    distribution: 'gunicorn',
    protocol: PROTOCOLS.recipe,
    start: ({ bin, port, workers, model }) => ({
      command: [join(bin, 'gunicorn'), '--workers', `${workers}`, '--bind', `127.0.0.1:${port}`, 'recipe_server:app'],
      environment: { RECIPE_MODEL: modelFile(model) },
      directory: HERE,
    }),
  },
  {
    name: 'fastapi',
    title: 'FastAPI on uvicorn',
    kind: 'framework',
    environment: 'fastapi',
    distribution: 'fastapi',
    protocol: PROTOCOLS.recipe,
    start: ({ bin, port, workers, model }) => ({
      command: [
        join(bin, 'uvicorn'),
        'server:app',
        '--host',
        '127.0.0.1',
        '--port',
        `${port}`,
        '--workers',
        `${workers}`,
      ],
      environment: { MODEL: modelFile(model) },
      directory: peerFolder('fastapi'),
    }),
  },
  {
    name: 'mlserver',
    title: 'MLServer, scikit-learn runtime',
    kind: 'framework',
    environment: 'mlserver',
    distribution: 'mlserver',
    protocol: PROTOCOLS.openInference,
    start: mlserver({}),
  },
  {
    name: 'bentoml',
    title: 'BentoML',
    kind: 'framework',
    environment: 'bentoml',
    distribution: 'bentoml',
    protocol: PROTOCOLS.columns,
    start: bentoml('0'),
  },
  {
    name: 'litserve',
    title: 'LitServe',
    kind: 'framework',
    environment: 'litserve',
    distribution: 'litserve',
    protocol: PROTOCOLS.lists,
    start: litserve('0'),
  },
  {
    name: 'kserve',
    title: 'KServe',
    kind: 'framework',
    environment: 'kserve',
    distribution: 'kserve',
    protocol: PROTOCOLS.kserve,
    start: ({ bin, port, workers, model }) => ({
      command: [
        ...[join(bin, 'python'), 'server.py', '--http_port', `${port}`],
        ...['--workers', `${workers}`, '--enable_grpc', 'false'],
      ],
      environment: { MODEL: modelFile(model) },
      directory: peerFolder('kserve'),
    }),
  },
  {
    name: 'mlserver-batched',
    title: 'MLServer, batching on',
    kind: 'batched',
    environment: 'mlserver',
    distribution: 'mlserver',
    protocol: PROTOCOLS.openInference,
    start: mlserver({ max_batch_size: 64, max_batch_time: 0.005 }),
  },
  {
    name: 'bentoml-batched',
    title: 'BentoML, batching on',
    kind: 'batched',
    environment: 'bentoml',
    distribution: 'bentoml',
    protocol: PROTOCOLS.columns,
    start: bentoml('1'),
  },
  {
    name: 'litserve-batched',
    title: 'LitServe, batching on',
    kind: 'batched',
    environment: 'litserve',
    distribution: 'litserve',
    protocol: PROTOCOLS.lists,
    start: litserve('1'),
  },
  {
    name: 'fallback',
    title: 'this server, the forest left to scikit-learn',
    kind: 'fallback',
    environment: 'serving',
    protocol: PROTOCOLS.recipe,
    start: (options) => ours({ ...options, model: join(options.model, '..', 'fallback') }),
  },
  ...FRAME_PEERS,
];

function nginxConfiguration(scratch: string, port: number, workers: number, answer: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${scratch};`);
  if (/['\\$]/.test(answer)) throw new Error('The answer would mean something to nginx.');
  return `worker_processes ${workers};
daemon off;
pid ${scratch}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=2048${workers > 1 ? ' reuseport' : ''};
    default_type application/json;
    location / { return 200 '${answer}'; }
  }
}
`;
}
