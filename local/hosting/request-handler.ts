/** The in-process face: what an AWS SDK v3 client needs as its `requestHandler`. */

import { Readable } from 'node:stream';
import type { HostingRequest, HostingResponse } from './wire.ts';

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export function requestHandler(hosting: { handle(request: HostingRequest): Promise<HostingResponse> }) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ method, path, query, headers, body }: SdkRequest) {
      const {
        statusCode,
        headers: answered,
        body: bytes,
      } = await hosting.handle({
        ...{ method, path, headers },
        query: query ?? {},
        body: body as Uint8Array | string | undefined,
      });
      return { response: { statusCode, headers: answered, body: Readable.from([bytes]) } };
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}
