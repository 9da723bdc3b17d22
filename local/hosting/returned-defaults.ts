/** What Describe returns of a model or an endpoint configuration beside what it was made with: the table says what, and why. */

import type { ReturnedDefault } from '../../lambdas/core/adoption/returned-defaults.ts';

type Members = Record<string, unknown>;

/** A copy that holds every default that AWS returns; what was given stays. */
export function withReturnedDefaults<Answer extends object>(
  answer: Answer,
  defaults: readonly ReturnedDefault[],
): Answer {
  let filled: unknown = answer;
  for (const { path, value, isReturned } of defaults) {
    if (value !== null && isReturned) filled = fill(filled as Members, path.split('.'), value);
  }
  return filled as Answer;
}

/** A structure that was not given is made; there is an entry of a list only where one was given. */
function fill(parent: Members, [step = '', ...rest]: string[], value: (parent: Members) => unknown): Members {
  if (step.endsWith('[]')) {
    const list = parent[step.slice(0, -2)];
    if (!Array.isArray(list)) return parent;
    return { ...parent, [step.slice(0, -2)]: list.map((item: Members) => fill(item, rest, value)) };
  }
  if (rest.length > 0) {
    const inner = parent[step];
    // A model of several containers has no primary one.
    if (inner === undefined && step === 'PrimaryContainer') return parent;
    return { ...parent, [step]: fill((inner ?? {}) as Members, rest, value) };
  }
  return parent[step] === undefined ? { ...parent, [step]: value(parent) } : parent;
}
