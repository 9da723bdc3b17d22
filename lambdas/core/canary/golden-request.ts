// A golden case as a request to the endpoint.
import type { GoldenCase } from '../../../state-machine/contract/golden-cases.ts';

export function goldenRequest({ request: { contentType, body } }: GoldenCase): { contentType: string; body: string } {
  const isJson = /^application\/(.+\+)?json\b/i.test(contentType);
  return { contentType, body: isJson || typeof body !== 'string' ? JSON.stringify(body) : body };
}

/** Whether the case expects an answer, and no error. */
export const isPositive = ({ expect }: GoldenCase): boolean => expect.status !== '4xx' && expect.status < 400;
