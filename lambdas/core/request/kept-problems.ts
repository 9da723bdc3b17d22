// Problems of a request that keeps settings: what a kept value has part in says whose it is, and which reset cures it.
import type { KeptKey } from '../../../state-machine/contract/kept.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { shortened } from '../problems/shortened.ts';
import type { CheckedRequest } from './check-request.ts';
import { type Kept, keepSettings, type Merged, resetting } from './keep-settings.ts';

/** Of a problem's own words, so that the cure is never what is cut off. */
const MAXIMUM_MESSAGE = 300;

/**
 * The problems of what is wanted. A reset cures a problem if without the kept value there is none at that place: that is tried,
 * since a problem may be in how a kept value and one that was asked for fit together.
 */
export function problemsOfMerged(
  asked: CheckedRequest,
  { wanted, kept }: Merged,
  source: Kept | null,
  problemsOf: (wanted: CheckedRequest) => Problem[],
): Problem[] {
  const problems = problemsOf(wanted);
  if (source === null || problems.length === 0) return problems;
  const without = kept.map((key) => {
    const left = problemsOf(keepSettings(resetting(asked, key), source).wanted);
    return { key, left: new Set(left.map(({ where }) => where)) };
  });
  const leftByAll = problemsOf(keepSettings({ ...asked, reset: 'all' }, source).wanted);
  return problems.map((each) => {
    const cure = without.find(({ left }) => !left.has(each.where));
    if (cure !== undefined) return ofKept(each, cure.key, source);
    return leftByAll.some(({ where }) => where === each.where) ? each : ofKept(each, null, source);
  });
}

/** `key`: the setting whose reset cures it; null: it takes all. */
export function ofKept({ where, message }: Problem, key: KeptKey | null, { from, settings }: Kept): Problem {
  const reset = key === null ? '"all"' : `["${key}"]`;
  const what = key === null ? 'Settings are' : `"${key}" is`;
  // Several are never reset: nothing but a list says which of them stay.
  const isSeveral = (settings.variants ?? []).length > 1;
  const cure =
    isSeveral && (key === 'variants' || key === null)
      ? 'list the variants that are wanted in "variants".'
      : `ask for another value, or send "reset": ${reset}.`;
  return problem(where, `${shortened(message, MAXIMUM_MESSAGE)} ${what} kept from ${from}: ${cure}`);
}
