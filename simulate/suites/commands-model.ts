// What a few uploads to one endpoint may come to: the reference that every run of drawn commands is held against. It knows
// nothing of leases, queues or time, only the order of the accepted uploads and whom something may have kept from success.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import { type Archive, isBad } from '../world/archives.ts';

export interface ModelUpload {
  readonly key: string;
  readonly versionId: string;
  readonly archive: Pick<Archive, 'kind' | 'sha256'>;
  /** When it was put, and its LastModified, which has whole seconds; milliseconds. */
  readonly at: number;
  readonly lastModified: number;
  /** A rollout of it was aborted. */
  injected: boolean;
}

export interface Model {
  readonly uploads: ModelUpload[];
  /** Of uploads of which a rollout was to be cancelled. */
  readonly cancelledKeys: Set<string>;
  /** How many of each were asked for. */
  requests: number;
  rollbacks: number;
  retirements: number;
}

export interface Seen {
  /** Of each rollout of an upload; `successor`: the upload that started the rollout that took its place, null for a request. */
  readonly outcomesOf: (upload: ModelUpload) => readonly { outcome: OutcomeName; successor: ModelUpload | null }[];
  /** Digests of what serves now, and of what the last rollout says that succeeded; null: nothing. */
  readonly serves: string | null;
  readonly claimed: string | null;
  /** Digests of what was released before the first command, the newest last. */
  readonly before: readonly string[];
  /** When the last rollback or retirement came to its end; it stops what runs. */
  readonly actionsEndedAt: number;
}

/** By LastModified; of one key in one second the version that came later. Two keys in one second: neither. */
function isNewer(one: ModelUpload, other: ModelUpload, uploads: readonly ModelUpload[]): boolean {
  if (one.lastModified !== other.lastModified) return one.lastModified > other.lastModified;
  return one.key === other.key && uploads.indexOf(one) > uploads.indexOf(other);
}

const isUnloadable = ({ archive }: ModelUpload): boolean => archive.kind === 'unloadable';

/** What contradicts the model, in words. */
export function contradictions(model: Model, seen: Seen): string[] {
  const { uploads, cancelledKeys, requests, rollbacks, retirements } = model;
  const found: string[] = [];
  const endsOf = (upload: ModelUpload) => seen.outcomesOf(upload).map(({ outcome }) => outcome);
  // A version that was replaced before anybody looked at it need not have been there.
  const isLast = ({ key }: ModelUpload, index: number) => uploads.findLastIndex((other) => other.key === key) === index;
  const there = uploads.filter((upload, index) => isLast(upload, index) || endsOf(upload).length > 0);
  /** Before it could take anybody's place: by its archive, or by its trial. */
  const wasRejected = (upload: ModelUpload) =>
    upload.archive.kind === 'rejected' || (isUnloadable(upload) && endsOf(upload).every((end) => end === 'rejected'));
  const accepted = there.filter((upload) => !wasRejected(upload));
  const mayBreak = ({ injected, at, key }: Pick<ModelUpload, 'injected' | 'at' | 'key'>) =>
    injected || cancelledKeys.has(key) || seen.actionsEndedAt >= at;
  const mayFail = ({ archive, injected, at, key }: ModelUpload) =>
    isBad(archive.kind) || mayBreak({ injected, at, key });

  for (const upload of there) {
    const ends = endsOf(upload);
    const name = `${upload.archive.kind} ${upload.key} ${upload.versionId}`;
    const isRejected = upload.archive.kind === 'rejected';
    const rivals = accepted.filter((other) => other !== upload && !isNewer(upload, other, uploads));
    const mayEnd = new Set<OutcomeName>(isRejected || isUnloadable(upload) ? ['rejected'] : []);
    if (!isRejected && !isBad(upload.archive.kind)) mayEnd.add('deployed').add('unchanged');
    // A trial that broke off lets it go on to an endpoint.
    if (!isRejected && (isUnloadable(upload) ? mayBreak(upload) : mayFail(upload))) mayEnd.add('rolledBack');
    // Where it waited it is rejected, and so is its event when it comes again.
    if (!isRejected && cancelledKeys.has(upload.key)) mayEnd.add('rejected');
    if (!isRejected && rivals.length + requests + rollbacks + retirements > 0) mayEnd.add('superseded');
    for (const end of ends) if (!mayEnd.has(end)) found.push(`${name} ended ${end}, not ${[...mayEnd].join(' or ')}`);
    if (ends.length === 0) found.push(`${name} has no outcome`);
    if (ends.filter((end) => end === 'deployed').length > 1) found.push(`${name} was deployed more than once`);
    for (const { successor } of seen.outcomesOf(upload))
      if (successor !== null && !uploads.includes(successor))
        found.push(`${name} made way for ${successor.key}, which is of another variant`);
      else if (successor !== null && isNewer(upload, successor, uploads))
        found.push(`${name} made way for ${successor.key} ${successor.versionId}, which is older`);
  }

  // One of the newest was rolled out, and serves. Where one of them may have failed, any of those before may serve.
  const newest = accepted.filter((upload) => !accepted.some((other) => isNewer(other, upload, uploads)));
  const isCertain = newest.length > 0 && !newest.some(mayFail);
  if (isCertain && !newest.some((upload) => endsOf(upload).some((end) => end === 'deployed' || end === 'unchanged')))
    found.push(`none of ${newest.map(({ key }) => key).join(', ')} was rolled out`);
  const mayServe: (string | null)[] = (isCertain ? newest : accepted)
    .filter(({ archive }) => !isBad(archive.kind))
    .map(({ archive }) => archive.sha256);
  if (!isCertain) mayServe.push(seen.before.at(-1) ?? null, ...(rollbacks > 0 ? seen.before : []));
  if (!isCertain && retirements > 0) mayServe.push(null);
  if (!mayServe.includes(seen.serves)) found.push(`${seen.serves} serves, not ${mayServe.join(' or ')}`);
  if (seen.serves !== seen.claimed) found.push(`${seen.serves} serves, and ${seen.claimed} was claimed last`);
  return found;
}
