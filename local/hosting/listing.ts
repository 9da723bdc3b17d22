/** The filters and orders that SageMaker's List operations share. */

import { paged } from './paged.ts';

/** As the wire has it: times are seconds since 1970. */
export interface ListInput {
  readonly SortBy?: string;
  readonly SortOrder?: string;
  readonly NameContains?: string;
  readonly CreationTimeBefore?: unknown;
  readonly CreationTimeAfter?: unknown;
  readonly LastModifiedTimeBefore?: unknown;
  readonly LastModifiedTimeAfter?: unknown;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface Listed {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt?: number;
  readonly status?: string;
}

/** Default order: newest first (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html). */
export function listed<Item extends Listed>(items: Iterable<Item>, input: ListInput) {
  const seconds = (value: unknown, otherwise: number) => (typeof value === 'number' ? value * 1000 : otherwise);
  const modified = (item: Item) => item.modifiedAt ?? item.createdAt;
  const chosen = [...items].filter(
    (item) =>
      item.name.includes(input.NameContains ?? '') &&
      item.createdAt < seconds(input.CreationTimeBefore, Infinity) &&
      item.createdAt > seconds(input.CreationTimeAfter, -Infinity) &&
      modified(item) < seconds(input.LastModifiedTimeBefore, Infinity) &&
      modified(item) > seconds(input.LastModifiedTimeAfter, -Infinity),
  );
  chosen.sort((a, b) => {
    if (input.SortBy === 'Name') return compare(a.name, b.name);
    if (input.SortBy === 'Status') return compare(a.status ?? '', b.status ?? '');
    return a.createdAt - b.createdAt;
  });
  if ((input.SortOrder ?? 'Descending') === 'Descending') chosen.reverse();
  return paged(chosen, input, 10);
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
