// Which of two uploads of an endpoint is the newer: one total order, so that every reader comes to the same answer.
import type { UploadOrder } from '../../../state-machine/contract/lease.ts';

export type OrderedUpload = Omit<UploadOrder, 'rolloutId'>;

export const isSameUpload = (
  one: Pick<UploadOrder, 'key' | 'versionId'>,
  other: Pick<UploadOrder, 'key' | 'versionId'>,
): boolean => one.key === other.key && one.versionId === other.versionId;

/** Whether S3 has to be asked which version of the key is the current one. */
export const isTiedOnKey = (one: OrderedUpload, other: OrderedUpload): boolean =>
  sameSecond(one, other) && one.key === other.key && one.versionId !== other.versionId;

/**
 * By LastModified, which has whole seconds; within one second, of the same key the version that is current, of others the one
 * that arrived later. An older version that is uploaded again is newer.
 *
 * @param currentVersionId of the key, where `isTiedOnKey`
 */
export function isNewer(one: OrderedUpload, other: OrderedUpload, currentVersionId: string | null): boolean {
  if (!sameSecond(one, other)) return seconds(one) > seconds(other);
  if (isTiedOnKey(one, other)) {
    if (one.versionId === currentVersionId) return true;
    if (other.versionId === currentVersionId) return false;
  }
  return one.arrival > other.arrival;
}

const seconds = ({ lastModified }: Pick<OrderedUpload, 'lastModified'>) => Math.floor(Date.parse(lastModified) / 1000);
export const sameSecond = (one: Pick<OrderedUpload, 'lastModified'>, other: Pick<OrderedUpload, 'lastModified'>) =>
  seconds(one) === seconds(other);
