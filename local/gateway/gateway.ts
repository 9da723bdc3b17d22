// The door of the local cloud: every call passes it, is recorded, may meet a fault, and goes where its service lives.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KmsKeys } from '../ministack/kms-keys.ts';
import { ministackClients } from '../ministack/ministack-clients.ts';
import { authorise, type Requirement, type TagsOf } from './authorise.ts';
import { type Call, namesOperationInBody, readCall } from './call.ts';
import { ACCOUNT, type Caller, Callers } from './callers.ts';
import { type Answer, type AwsError, errorAnswer } from './error-answer.ts';
import { Faults } from './faults.ts';
import { Upstream } from './forward.ts';
import { IdentityPolicyReader } from './identity-policies.ts';
import { type CallFilter, Journal } from './journal.ts';

/** A service that MiniStack lacks, or lacks a part of, served in this process. */
export interface LocalService {
  /** Whether it answers this call; those that it does not answer go to MiniStack. Default: all, unread. */
  takes?(operation: string, input: Record<string, unknown>): boolean;
  handle(request: {
    method: string;
    path: string;
    query: Record<string, string>;
    /** Names in lower case. */
    headers: Record<string, string>;
    body: Buffer;
  }): Promise<{ statusCode: number; headers: Record<string, string>; body: string | Uint8Array }>;
}

/** The ARN of the key of a configuration's volumes; undefined where it has none. */
export type VolumeKeyOf = (endpointConfigName: string) => string | undefined;

export interface GatewayOptions {
  ministackPort: number;
  /** Name of the service (`Call.service`) -> who serves it; may be filled later. All others go to MiniStack. */
  services: Record<string, LocalService>;
  /** Every action, resource and condition that a call to one of these services needs. */
  requiredFor: (
    call: { service: string; operation: string; input: Record<string, unknown> },
    scope: { partition: string; region: string; account: string; volumeKeyOf?: VolumeKeyOf },
  ) => Requirement[];
  tagsOf: TagsOf;
  /** CreateEndpoint and UpdateEndpoint name a configuration, and need rights on its key. */
  volumeKeyOf?: VolumeKeyOf;
}

export interface Gateway {
  url: string;
  faults: Faults;
  journal: Journal;
  close(): Promise<void>;
}

/** Of our own, beside MiniStack's `/_ministack/`: `GET /_cloud/calls?service=sagemaker` answers the journal as JSON. */
const CALLS_PATH = '/_cloud/calls';

/** InvokeEndpoint takes 6 MiB; a service must see one that is larger to refuse it, but not gigabytes. */
const LARGEST_LOCAL_BODY = 64 * 1024 * 1024;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { ministackPort, services } = options;
  const upstream = new Upstream(ministackPort);
  const clients = ministackClients(ministackPort);
  const callers = new Callers(clients);
  const policies = new IdentityPolicyReader(clients.iam);
  const keys = new KmsKeys(ministackPort);
  const faults = new Faults();
  const journal = new Journal();

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const started = performance.now();
    const time = new Date().toISOString();
    const url = new URL(incoming.url!, 'http://127.0.0.1');
    if (url.pathname === CALLS_PATH) {
      send(outgoing, jsonAnswer(journal.calls(Object.fromEntries(url.searchParams) as CallFilter)));
      return;
    }
    const body = namesOperationInBody(incoming.headers) ? await readAll(incoming) : undefined;
    const call = readCall(incoming.method!, url, incoming.headers, body);
    const caller = call.service ? await callers.find(call.accessKeyId) : undefined;
    const { service, operation } = call;
    const entry = { time, caller: caller?.name ?? call.accessKeyId, service, operation };
    let outcome: { status: number; error?: string } = { status: 0 };
    try {
      outcome = await answer({ incoming, outgoing, url, body, call, caller, name: entry.caller });
    } catch (error) {
      outcome = { status: outgoing.headersSent ? 0 : 502, error: (error as Error).message };
      breakOff(outgoing, call, incoming, error as Error);
    } finally {
      // What is not signed is not a call of AWS: readiness checks, downloads of function code.
      if (service) journal.record({ ...entry, ...outcome, durationMs: Math.round(performance.now() - started) });
    }
  }

  async function answer(exchange: Exchange): Promise<{ status: number; error?: string }> {
    const { incoming, outgoing, call, name } = exchange;
    const fault = call.service ? faults.take({ ...call, caller: name }) : undefined;
    if (fault?.delayMs) await sleep(fault.delayMs);
    if (fault?.drop === 'beforeCall') {
      outgoing.destroy();
      return { status: 0 };
    }
    if (fault?.error) {
      incoming.resume();
      return send(outgoing, errorAnswer(fault.error, call.service, incoming.headers));
    }
    const lost = fault?.drop === 'afterCall';
    const service = services[call.service];
    if (service?.takes) exchange.body ??= await readAll(incoming);
    const { body } = exchange;
    if (service && isTaken(service, exchange)) {
      const result = await callLocal(service, exchange);
      if (!lost) return send(outgoing, result);
      outgoing.destroy();
      return { status: 0 };
    }
    const assumesRole = call.service === 'sts' && call.operation.startsWith('AssumeRole');
    const result = await upstream.forward(incoming, outgoing, { body, keepAnswer: assumesRole, discard: lost });
    if (result.text) callers.learnSession(result.text);
    if (call.service === 'iam' && !/^(Get|List)/.test(call.operation)) policies.forget();
    if (!lost) return { status: result.status, error: result.error };
    outgoing.destroy();
    return { status: 0 };
  }

  /** Only who speaks JSON is understood: of the other protocols everything goes to MiniStack. */
  function isTaken(service: LocalService, { url, call, body, incoming }: Exchange): boolean {
    if (!service.takes) return true;
    const input = incoming.headers['x-amz-target'] && body && inputOf(url, body);
    return Boolean(input && service.takes(call.operation, input));
  }

  async function callLocal(service: LocalService, exchange: Exchange): Promise<Answer> {
    const { incoming, url, call, caller } = exchange;
    const body = exchange.body ?? (await readAll(incoming));
    const refusal = await refuse(call, caller, url, body);
    if (refusal) return errorAnswer(refusal, call.service, incoming.headers);
    return service.handle({
      method: incoming.method!,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([key, value]) => [key, String(value)])),
      body,
    });
  }

  async function refuse(call: Call, caller: Caller | undefined, url: URL, body: Buffer): Promise<AwsError | undefined> {
    // SageMaker Runtime speaks REST and refuses with 403; the JSON 1.1 services with 400.
    const statusCode = call.service === 'sagemaker-runtime' ? 403 : 400;
    if (!caller) {
      return {
        code: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
        statusCode,
      };
    }
    if (caller.kind === 'root') return undefined;
    const input = inputOf(url, body);
    // Unreadable input is for the service to refuse.
    if (!input) return undefined;
    const { region } = call;
    let requirements: Requirement[];
    try {
      const { volumeKeyOf } = options;
      const scope = { partition: 'aws', region, account: ACCOUNT, volumeKeyOf };
      requirements = options.requiredFor({ ...call, input }, scope);
    } catch (error) {
      // No entry in the table: nobody knows what the call needs, so it is not allowed.
      return { code: 'AccessDeniedException', message: (error as Error).message, statusCode };
    }
    const denied = await authorise(requirements, {
      caller,
      policies: await policies.of(caller),
      region,
      tagsOf: options.tagsOf,
      resourcePolicyOf: keys.policyOf,
    });
    return denied && { ...denied, statusCode };
  }

  // Uploads and InspectArtifact's reads may take minutes: no limit on a whole request.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    journal,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        upstream.close();
        keys.close();
        clients.cloudwatch.destroy();
        clients.iam.destroy();
        clients.lambda.destroy();
      }),
  };
}

interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  url: URL;
  body: Buffer | undefined;
  call: Call;
  caller: Caller | undefined;
  name: string;
}

/** The operation's input: JSON of the JSON protocols; for the runtime what its path names. */
function inputOf(url: URL, body: Buffer): Record<string, unknown> | undefined {
  const endpoint = /^\/endpoints\/([^/]+)\//.exec(url.pathname)?.[1];
  if (endpoint) return { EndpointName: decodeURIComponent(endpoint) };
  try {
    const input: unknown = JSON.parse(body.toString('utf8') || '{}');
    return typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_LOCAL_BODY) throw new Error(`The request's body is larger than ${LARGEST_LOCAL_BODY} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, answer: Answer): { status: number; error?: string } {
  const { statusCode, headers, body } = answer;
  outgoing.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  return { status: statusCode, error: headers['x-amzn-errortype']?.split(':')[0] };
}

function jsonAnswer(value: unknown): Answer {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function breakOff(outgoing: ServerResponse, call: Call, incoming: IncomingMessage, error: Error): void {
  // A service breaks the connection on purpose by throwing ECONNRESET: the caller must not know whether it took effect.
  if (outgoing.headersSent || outgoing.destroyed || (error as NodeJS.ErrnoException).code === 'ECONNRESET')
    outgoing.destroy();
  else {
    const unavailable = {
      code: 'InternalFailure',
      message: `The local cloud failed: ${error.message}`,
      statusCode: 502,
    };
    send(outgoing, errorAnswer(unavailable, call.service, incoming.headers));
  }
}
