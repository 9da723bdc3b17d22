/** Between HTTP and calls: which service and operation a request means, and how AWS writes answers and errors. */

import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { type Service, serviceModels, shapeOf } from './service-model.ts';

export interface HostingRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: Uint8Array | string;
}

export interface HostingResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** One API call, as interceptors and the journal of calls see it. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

const INVOCATIONS = /^\/endpoints\/([^/]+)\/(async-)?invocations$/;

/** Throws UnknownOperationException for what the simulator does not answer, SerializationException for bad JSON. */
export function decode(request: HostingRequest): Call {
  const headers = lowerCased(request.headers);
  const invoked = INVOCATIONS.exec(request.path);
  if (invoked && request.method === 'POST')
    return decodeInvocation(invoked[2] ? 'InvokeEndpointAsync' : 'InvokeEndpoint', invoked[1]!, headers, request);
  const [prefix, operation = ''] = (headers['x-amz-target'] ?? '').split('.');
  const service = (Object.keys(serviceModels) as Service[]).find(
    (name) => serviceModels[name].metadata.targetPrefix === prefix,
  );
  if (!service || !(operation in serviceModels[service].operations))
    throw new AwsError('UnknownOperationException', `The hosting simulator does not answer ${prefix}.${operation}`);
  return { service, operation, input: parsed(request.body) };
}

function decodeInvocation(
  operation: 'InvokeEndpoint' | 'InvokeEndpointAsync',
  name: string,
  headers: Record<string, string>,
  request: HostingRequest,
): Call {
  const input: Record<string, unknown> = { EndpointName: decodeURIComponent(name) };
  const body = bytes(request.body);
  // A body is optional where the input may lie in S3.
  if (operation === 'InvokeEndpoint' || body.length > 0) input.Body = body;
  for (const [member, ref] of Object.entries(shapeOf('sagemaker-runtime', `${operation}Input`).members ?? {})) {
    const value = ref.location === 'header' ? headers[ref.locationName!.toLowerCase()] : undefined;
    if (value !== undefined)
      input[member] = shapeOf('sagemaker-runtime', ref.shape).type === 'integer' ? Number(value) : value;
  }
  return { service: 'sagemaker-runtime', operation, input };
}

export function encode(call: Call, output: Record<string, unknown>): HostingResponse {
  if (serviceModels[call.service].metadata.protocol === 'rest-json') return encodeInvocation(call.operation, output);
  const headers = { 'content-type': contentType(call.service), 'x-amzn-requestid': randomUUID() };
  return { statusCode: 200, headers, body: json(output) };
}

function encodeInvocation(operation: string, output: Record<string, unknown>): HostingResponse {
  const headers: Record<string, string> = { 'x-amzn-requestid': randomUUID() };
  for (const [member, ref] of Object.entries(shapeOf('sagemaker-runtime', `${operation}Output`).members ?? {}))
    if (ref.location === 'header' && output[member] !== undefined)
      headers[ref.locationName!.toLowerCase()] = String(output[member]);
  if (operation === 'InvokeEndpoint') return { statusCode: 200, headers, body: bytes(output.Body as Uint8Array) };
  return { statusCode: 202, headers, body: json({ InferenceId: output.InferenceId }) };
}

/** The service is unknown while the request could not be read; then the JSON 1.1 form is used. */
export function encodeError(error: AwsError, service: Service = 'sagemaker'): HostingResponse {
  const shape = serviceModels[service].shapes[error.code];
  // Modelled errors spell the member Message; ValidationException and the other common errors of SageMaker do not.
  const text = shape?.members?.Message ? { Message: error.message } : { message: error.message };
  const rest = serviceModels[service].metadata.protocol === 'rest-json';
  return {
    statusCode: shape?.error?.httpStatusCode ?? (rest && error.code === 'ThrottlingException' ? 429 : 400),
    headers: {
      'content-type': rest ? 'application/json' : contentType(service),
      'x-amzn-requestid': randomUUID(),
      'x-amzn-errortype': error.code,
    },
    body: json(rest ? { ...text, ...error.members } : { __type: error.code, ...text, ...error.members }),
  };
}

/** CloudWatch's models name other protocols first; SDKs that speak JSON to it speak 1.0. */
const contentType = (service: Service) => `application/x-amz-json-${service === 'cloudwatch' ? '1.0' : '1.1'}`;

/** A view on the same memory: the SDK's body objects dislike being copied by name. */
const bytes = (body: Uint8Array | string | undefined): Uint8Array =>
  typeof body === 'string'
    ? Buffer.from(body)
    : Buffer.from(body?.buffer ?? new ArrayBuffer(0), body?.byteOffset, body?.byteLength);

function parsed(body: Uint8Array | string | undefined): Record<string, unknown> {
  const text = Buffer.from(bytes(body)).toString('utf8');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON');
  }
}

/** JSON 1.1 writes a time as seconds since 1970, with its milliseconds as a fraction. */
function json(output: Record<string, unknown>): Uint8Array {
  const written = JSON.stringify(output, function (this: Record<string, unknown>, key, value) {
    const raw = this[key];
    return raw instanceof Date ? raw.getTime() / 1000 : value;
  });
  return Buffer.from(written);
}

function lowerCased(headers: HostingRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(',')]],
    ),
  );
}
