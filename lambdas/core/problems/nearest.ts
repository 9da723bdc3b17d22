// What somebody may have meant by a word that is not known.
import { distance } from 'fastest-levenshtein';

/** Null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const found = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)[0];
  const isNear = found !== undefined && found.edits <= Math.max(2, Math.floor(word.length / 3));
  return isNear ? found.candidate : null;
}
