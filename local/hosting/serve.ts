/** The HTTP face: the same simulator on 127.0.0.1, in real time. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, LostAnswer } from './aws-error.ts';
import type { Hosting } from './hosting.ts';
import { encodeError } from './wire.ts';

/** So that fleets are swapped and stopped even while nobody calls. */
const ADVANCE_EVERY_MS = 200;
/** Larger than any request that AWS takes; a larger one is cut off. */
const LARGEST_REQUEST = 16 * 1024 * 1024;

export interface Served {
  readonly url: string;
  /** Stops serving, and every inference server. */
  readonly close: () => Promise<void>;
}

/** `port` 0 takes a free one. */
export async function serve(hosting: Hosting, { port = 0 }: { port?: number } = {}): Promise<Served> {
  const server = createServer((request, response) => void answer(hosting, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const clock = setInterval(() => hosting.advance(), ADVANCE_EVERY_MS).unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      clearInterval(clock);
      server.close();
      server.closeAllConnections();
      await hosting.close();
    },
  };
}

async function answer(hosting: Hosting, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://127.0.0.1');
  try {
    const body = await bodyOf(request);
    if (!body) return void response.writeHead(413, { connection: 'close' }).end();
    const {
      statusCode,
      headers,
      body: answered,
    } = await hosting.handle({
      ...{ method: request.method!, path: url.pathname, headers: request.headers, body },
      query: Object.fromEntries(url.searchParams),
    });
    response.writeHead(statusCode, { ...headers, 'content-length': answered.length }).end(answered);
  } catch (error) {
    if (error instanceof LostAnswer) return void response.destroy();
    console.error(`hosting: ${request.headers['x-amz-target'] ?? url.pathname} failed`, error);
    const failure = encodeError(new AwsError('InternalFailure', 'An internal error occurred'));
    response.writeHead(500, failure.headers).end(failure.body);
  }
}

/** Undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_REQUEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
