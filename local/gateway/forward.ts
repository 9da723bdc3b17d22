// Passes one request on to MiniStack over TLS and its answer back, both as streams.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream';

/** Of one connection, not of the message (RFC 9110, 7.6.1). Expect is answered by us, and SDKs never sign it. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'expect']);

export class Upstream {
  readonly #port: number;
  // Idle sockets go before MiniStack's own 75 s, so that none is used as it is being closed. Its certificate is its own.
  readonly #agent = new Agent({ keepAlive: true, timeout: 60_000, rejectUnauthorized: false });

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * @param body what was already read of the request, if it was
   * @param keepAnswer whether the answer's text is wanted; only for small ones
   * @returns the status, and the text if it was asked for
   * @throws when MiniStack or the client breaks off
   */
  forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { body, keepAnswer = false, discard = false }: { body?: Buffer; keepAnswer?: boolean; discard?: boolean },
  ): Promise<{ status: number; error?: string; text?: string }> {
    return new Promise((resolve, reject) => {
      const upstream = request({
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        method: incoming.method,
        path: incoming.url,
        // As an array: Host and every other header stay letter for letter what was signed.
        headers: without(incoming.rawHeaders, HOP_BY_HOP),
      });
      upstream.once('error', reject);
      upstream.once('response', (answer) => {
        const status = answer.statusCode!;
        const error = answer.headers['x-amzn-errortype']?.toString().split(':')[0];
        if (discard) {
          answer.resume().once('end', () => resolve({ status, error }));
          return;
        }
        const chunks: Buffer[] = [];
        if (keepAnswer) answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        outgoing.sendDate = false;
        outgoing.writeHead(status, without(answer.rawHeaders, ANSWER_HOP_BY_HOP));
        pipeline(answer, outgoing, (failure) => {
          if (failure) reject(failure);
          else resolve({ status, error, text: keepAnswer ? Buffer.concat(chunks).toString('utf8') : undefined });
        });
      });
      // A client that goes away must not leave a call waiting upstream.
      outgoing.once('close', () => {
        if (!outgoing.writableFinished && !discard) upstream.destroy(new Error('The client went away.'));
      });
      if (body) upstream.end(body);
      else pipeline(incoming, upstream, () => {});
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Node chunks the answer itself where it has no length. */
const ANSWER_HOP_BY_HOP = new Set([...HOP_BY_HOP, 'transfer-encoding']);

function without(rawHeaders: string[], names: Set<string>): string[] {
  return rawHeaders.filter((_, index) => !names.has(rawHeaders[index - (index % 2)]!.toLowerCase()));
}
