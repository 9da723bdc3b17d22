// Checks a request against the contract and keeps what is right of it, so that one mistake does not hide the next.
import * as z from 'zod/mini';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { RolloutRequestSchema } from '../../../state-machine/contract/request.ts';
import { check } from '../problems/problems.ts';

/** A request as the contract understands it, defaults of golden cases included. */
export type CheckedRequest = z.output<typeof RolloutRequestSchema>;

export interface RequestCheck {
  /** The top-level fields that are right: all of them, where there are no problems. */
  request: CheckedRequest;
  /** The top-level fields that are there, and wrong; all of them, where there is no object. */
  wrongFields: ReadonlySet<string>;
  problems: readonly Problem[];
}

export const NO_REQUEST: RequestCheck = { request: {}, wrongFields: new Set(), problems: [] };

/** `document`: where the request was found, named in its problems. */
export function checkRequest(value: unknown, document = ''): RequestCheck {
  const { problems } = check(RolloutRequestSchema, value, document);
  const known = Object.entries(RolloutRequestSchema.shape);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { request: {}, wrongFields: new Set(known.map(([key]) => key)), problems };
  }
  const request: Record<string, unknown> = {};
  const wrongFields = new Set<string>();
  for (const [key, schema] of known) {
    if (!Object.hasOwn(value, key)) continue;
    const field = z.safeParse(schema, (value as Record<string, unknown>)[key]);
    if (field.success) request[key] = field.data;
    else wrongFields.add(key);
  }
  return { request, wrongFields, problems };
}
