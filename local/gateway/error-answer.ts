// Shapes an error as the called service's protocol does, so that SDKs recognise it by name.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface AwsError {
  code: string;
  message: string;
  /** Default 400, AWS's own for errors of the caller in the JSON protocols. */
  statusCode?: number;
}

export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** The error in the protocol that the request speaks: REST XML (S3), Query (IAM, STS, SNS), else JSON. */
export function errorAnswer(error: AwsError, service: string, request: IncomingHttpHeaders): Answer {
  const { code, message, statusCode = 400 } = error;
  const requestId = randomUUID();
  if (service === 's3') {
    const body = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`;
    return { statusCode, headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId }, body };
  }
  if (request['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const fault = statusCode < 500 ? 'Sender' : 'Receiver';
    const body = `<ErrorResponse><Error><Type>${fault}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { statusCode, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  }
  // JSON 1.0 and 1.1 name the error in the body, REST JSON in the header: both are always there.
  const json = request['content-type']?.startsWith('application/x-amz-json')
    ? request['content-type']
    : 'application/json';
  const headers = { 'content-type': json, 'x-amzn-errortype': code, 'x-amzn-requestid': requestId };
  return { statusCode, headers, body: JSON.stringify({ __type: code, message, Message: message }) };
}

function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
