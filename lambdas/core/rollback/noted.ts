// What a rollback has done so far, in words: the last of it, for it may go on for long.
import type { Rollback } from '../../../state-machine/contract/outputs.ts';

const MAXIMUM_NOTES = 10;

export const noted = ({ done }: Rollback, what: string): string[] => [...done, what].slice(-MAXIMUM_NOTES);
