// Large requests over HTTP: this server and the former one, side by side, the same bytes to both.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE } from '../serving/peer.ts';
import { roundOrder } from '../serving/plan.ts';
import { freePort, type RunningServer, startServer } from '../serving/running-server.ts';
import type { HttpResult } from './bars.ts';
import { formerImage } from './ground.ts';
import { readNpy } from './measure.ts';
import { HTTP_FORMATS, HTTP_ROWS, type HttpFormat, type ModelName } from './plan.ts';
import { ONE_THREAD } from './running-contestant.ts';

/** Of one format and one server in a round; the fastest counts. */
const REQUESTS = 5;

const TYPES: Record<HttpFormat, string> = {
  json: 'application/json',
  npy: 'application/x-npy',
  csv: 'text/csv',
};

interface Options {
  /** Of the serving environment. */
  bin: string;
  models: string;
  model: ModelName;
  rounds: number;
  scratch: string;
  pin: readonly string[];
  signal: AbortSignal;
}

/** @throws where the two servers do not answer the same */
export async function measureOverHttp(options: Options): Promise<HttpResult[]> {
  const { models, model, rounds } = options;
  const bodies = makeBodies(models);
  const standing: { server: 'ours' | 'today'; running: RunningServer }[] = [];
  try {
    for (const server of ['ours', 'today'] as const) standing.push({ server, running: await start(server, options) });
    const results = HTTP_FORMATS.flatMap((format) =>
      standing.map(({ server }): HttpResult => ({ model, format, server, rounds: [] })),
    );
    for (const format of HTTP_FORMATS) {
      const [first, second] = await Promise.all(
        standing.map(({ running }) => ask(running.port, format, bodies[format])),
      );
      if (!isSame(JSON.parse(first!.text), JSON.parse(second!.text)))
        throw new Error(`${model}: the two servers do not answer ${format} with the same.`);
    }
    for (let turn = 0; turn < rounds; turn++) {
      for (const format of HTTP_FORMATS) {
        for (const { server, running } of roundOrder(standing, turn)) {
          const took: number[] = [];
          for (let number = 0; number < REQUESTS; number++)
            took.push((await ask(running.port, format, bodies[format])).milliseconds);
          results.find((one) => one.format === format && one.server === server)!.rounds.push(Math.min(...took));
        }
      }
    }
    return results;
  } finally {
    await Promise.all(standing.map(({ running }) => running.stop()));
  }
}

/** Numbers within 1e-12, as of linear models, whose sums are added up in another order; all else equal. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Math.abs(one - other) <= 1e-12 * Math.max(1, Math.abs(one));
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [own, others] = [Object.entries(one), Object.entries(other)];
  return (
    own.length === others.length &&
    own.every(([key, value], index) => key === others[index]![0] && isSame(value, others[index]![1]))
  );
}

function start(
  server: 'ours' | 'today',
  { bin, models, model, scratch, pin, signal }: Options,
): Promise<RunningServer> {
  return freePort().then((port) =>
    startServer({
      ...{ port, scratch: mkdtempSync(join(scratch, `${server}-`)), everyMs: 50, signal },
      start: {
        command: [...pin, join(bin, 'python'), '-m', 'inference_server', 'serve'],
        environment: {
          ...ONE_THREAD,
          PYTHONPATH: server === 'ours' ? IMAGE : formerImage(),
          SM_MODEL_DIR: join(models, model),
          SAGEMAKER_BIND_TO_PORT: `${port}`,
          SAGEMAKER_MODEL_SERVER_WORKERS: '1',
        },
      },
      probe: async (at) => (await fetch(`http://127.0.0.1:${at}/ping`)).status === 200,
    }),
  );
}

/** The rows without missing values, which every model takes, as Python writes them. */
function makeBodies(models: string): Record<HttpFormat, Buffer> {
  const file = join(models, 'whole-rows.npy');
  const numbers = readNpy(file);
  const [, shape] = /'shape': \((\d+, \d+)\)/.exec(readFileSync(file).subarray(0, 200).toString('latin1')) ?? [];
  const features = Number(shape!.split(', ')[1]);
  const rows = Array.from({ length: HTTP_ROWS }, (_, row) => [
    ...numbers.subarray(row * features, (row + 1) * features),
  ]);
  const header = Buffer.from(`{'descr': '<f8', 'fortran_order': False, 'shape': (${HTTP_ROWS}, ${features}), }`);
  // The header and what stands before it fill a multiple of 64 bytes, and end with a line.
  const padded = Buffer.alloc(Math.ceil((10 + header.length + 1) / 64) * 64 - 10, ' ');
  header.copy(padded);
  padded[padded.length - 1] = 0x0a;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return {
    json: Buffer.from(JSON.stringify({ instances: rows })),
    csv: Buffer.from(`${rows.map((row) => row.join(',')).join('\n')}\n`),
    npy: Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      length,
      padded,
      Buffer.from(numbers.buffer, numbers.byteOffset, HTTP_ROWS * features * 8),
    ]),
  };
}

async function ask(port: number, format: HttpFormat, body: Buffer): Promise<{ text: string; milliseconds: number }> {
  const started = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': TYPES[format] },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await response.arrayBuffer();
  const milliseconds = performance.now() - started;
  const text = Buffer.from(answer).toString('latin1');
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
  return { text, milliseconds };
}
