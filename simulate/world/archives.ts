// The archives of the simulation: tiny, each with a model that answers its own number, and golden cases that ask for it.
import { gzipSync } from 'node:zlib';
import { parseArtifactKey, parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import type { ModelDescription } from '../../state-machine/contract/model-description.ts';
import { remember } from './inspect-remembered.ts';

export interface Archive {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly kind: ArchiveKind;
  readonly number: number;
}

/**
 * `wrong`: comes up and answers something else than its golden cases say, though it answered them right when it was tried.
 * `broken`: answers 500, as `unloadable` does, which the trial refuses. `rejected`: holds no model.
 * Without golden cases are `unverified`, which describes itself and answers its example; `undescribed`, for an image that does
 * not know the question; `refusing`, which answers 400 to every row, and `failing`, which came up nevertheless and answers 500.
 */
export type ArchiveKind = 'good' | 'wrong' | 'broken' | 'unloadable' | 'rejected' | KindWithoutCases;
export type KindWithoutCases = 'unverified' | 'undescribed' | 'refusing' | 'failing';

const WITHOUT_CASES: readonly ArchiveKind[] = ['unverified', 'undescribed', 'refusing', 'failing'];
const NEVER_DEPLOYED: readonly ArchiveKind[] = ['wrong', 'broken', 'unloadable', 'failing'];

export const hasCases = (kind: ArchiveKind | undefined): boolean => kind === undefined || !WITHOUT_CASES.includes(kind);
/** Whether its model answers otherwise than it must: with an error of its own, or wrongly. */
export const isBad = (kind: ArchiveKind): boolean => NEVER_DEPLOYED.includes(kind);

/** Of which uploads are drawn: nearly half of them good. */
export const DRAWN_KINDS: readonly ArchiveKind[] = [
  ...(['good', 'good', 'good', 'good', 'wrong', 'rejected'] as const),
  ...(['unverified', 'refusing', 'failing', 'unloadable'] as const),
];

const SERVABLE = ['model.pkl', 'model.joblib'];
const made = new Map<string, Archive>();

/** The same kind and number are the same bytes. */
export async function archive(kind: ArchiveKind, number: number): Promise<Archive> {
  const name = `${kind} ${number}`;
  const existing = made.get(name);
  if (existing !== undefined) return existing;
  const golden = { cases: [{ name: 'its number', request: { body: {} }, expect: { status: 200, json: { number } } }] };
  const files: [string, string][] = [
    [kind === 'rejected' ? 'readme.txt' : 'model.pkl', name],
    ...(hasCases(kind) ? [['golden.json', JSON.stringify(golden)] as [string, string]] : []),
  ];
  const bytes = gzipSync(Buffer.concat([...files.map(([path, content]) => entry(path, content)), Buffer.alloc(1024)]));
  const { sha256 } = await remember(bytes, SERVABLE);
  const fresh: Archive = { bytes, sha256: sha256 ?? '', kind, number };
  made.set(name, fresh);
  return fresh;
}

export const archiveOf = (sha256: string | undefined): Archive | undefined =>
  [...made.values()].find((each) => each.sha256 === sha256);

const answers = new Map<string, { status: number; body: string }>();
const served = (modelDataUrl: string) => parseArtifactKey(parseS3Uri(modelDataUrl)?.key ?? '')?.sha256 ?? '';
const STATUS: Partial<Record<ArchiveKind, number>> = { broken: 500, unloadable: 500, failing: 500, refusing: 400 };

/** What a model answers: its number, or something else. */
export function answerOf(modelDataUrl = ''): { status: number; body: string } {
  const sha256 = served(modelDataUrl);
  let answer = answers.get(sha256);
  if (answer === undefined) {
    const found = archiveOf(sha256);
    const number = found?.kind === 'wrong' ? 'something else' : (found?.number ?? null);
    const predictions = [{ predicted_class: String(number) }];
    answer = { status: STATUS[found?.kind ?? 'good'] ?? 200, body: JSON.stringify({ number, predictions }) };
    answers.set(sha256, answer);
  }
  return answer;
}

/** What the serving image says of a model that was asked to describe itself; null of an image that does not know that. */
export function descriptionOf(modelDataUrl = ''): ModelDescription | null {
  const found = archiveOf(served(modelDataUrl));
  if (found === undefined || found.kind === 'undescribed') return null;
  return {
    model: { name: 'model', sha256: found.sha256 },
    columns: [{ name: 'number', type: 'number', mayBeMissing: false }],
    task: 'classification',
    example: { contentType: 'application/json', body: { instances: [[found.number]] } },
    exampleAnswered: !(found.kind in STATUS),
  };
}

/** One file of a tar archive: https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function entry(path: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
