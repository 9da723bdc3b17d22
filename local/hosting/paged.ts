/** One page of a list, and the token of the next: an offset that callers cannot read. */

import { validationException } from './aws-error.ts';

export function paged<Item>(
  items: readonly Item[],
  input: { readonly MaxResults?: number; readonly NextToken?: string },
  defaultSize: number,
): { page: Item[]; next: { NextToken?: string } } {
  const start = input.NextToken ? Number(Buffer.from(input.NextToken, 'base64url').toString()) : 0;
  if (!Number.isInteger(start)) throw validationException('Invalid NextToken');
  const end = start + (input.MaxResults ?? defaultSize);
  const NextToken = Buffer.from(String(end)).toString('base64url');
  return { page: items.slice(start, end), next: end < items.length ? { NextToken } : {} };
}
