// What to set and what to remove so that an endpoint carries its author's tags. Ours and AWS's own are never touched.
import { ROLLOUT_TAG, STACK_TAG } from './ownership-tags.ts';

type Tags = Record<string, string>;

/** Neither ours nor AWS's own. */
export const isAuthors = (key: string): boolean => key !== STACK_TAG && key !== ROLLOUT_TAG && !key.startsWith('aws:');

/** Null when the tags are as wanted already. */
export function tagChange(wanted: Tags, live: Tags): { set: Tags; remove: string[] } | null {
  const set = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => isAuthors(key) && live[key] !== value),
  );
  const remove = Object.keys(live).filter((key) => isAuthors(key) && !Object.hasOwn(wanted, key));
  return Object.keys(set).length + remove.length === 0 ? null : { set, remove };
}
