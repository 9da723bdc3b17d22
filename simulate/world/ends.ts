// How a rollout may end while nothing fails around it, and what makes it end so.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import { type ArchiveKind, isBad } from './archives.ts';

export interface End {
  /** Ends the name of its situations. */
  readonly suffix: string;
  /** The model that is rolled out, where one is. */
  readonly archive: ArchiveKind;
  /** Null: as its change says. */
  readonly outcome: OutcomeName | null;
  /** The end from which it differs only in some functions. */
  readonly like?: EndName;
}

export const ends = {
  asWanted: { suffix: '', archive: 'good', outcome: null },
  wrong: { suffix: 'Wrong', archive: 'wrong', outcome: 'rolledBack' },
  /** SageMaker takes it back by itself: every answer of its first instance raises an alarm. */
  alarm: { suffix: 'Alarm', archive: 'broken', outcome: 'rolledBack', like: 'wrong' },
  /** Without golden cases the model is asked for a row. */
  answered: { suffix: 'Answered', archive: 'unverified', outcome: null, like: 'asWanted' },
  failing: { suffix: 'Failing', archive: 'failing', outcome: 'rolledBack', like: 'wrong' },
  /** Its trial refuses it. */
  unloadable: { suffix: 'Unloadable', archive: 'unloadable', outcome: 'rejected' },
  /** There is something that the change would lose. */
  refused: { suffix: 'Refused', archive: 'good', outcome: 'rejected', like: 'wrong' },
} as const satisfies Record<string, Omit<End, 'like'> & { like?: string }>;
export type EndName = keyof typeof ends;

export const endOf = (name: EndName): End => ends[name];

/** Whether the model that is rolled out is why it does not end as wanted. */
export const isOfBadModel = (name: EndName): boolean => isBad(ends[name].archive);
