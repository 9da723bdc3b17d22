// How deep JSON may nest: the canary compares answers recursively, and needs a bound for that.

export const MAXIMUM_JSON_DEPTH = 100;

/** Level by level, because recursing is what must not be done. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAXIMUM_JSON_DEPTH) return true;
    level = level.flatMap((each) => (each !== null && typeof each === 'object' ? Object.values(each) : []));
  }
  return false;
}
