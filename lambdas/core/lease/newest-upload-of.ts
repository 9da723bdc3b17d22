// The newest accepted upload that another one is compared with: of the endpoint, or of one of its several variants.
import type { Lease, UploadOrder } from '../../../state-machine/contract/lease.ts';

type Newest = Pick<Lease, 'newestUpload' | 'newestUploads'>;

/** `variantName`: undefined where the endpoint has one variant. */
export const newestUploadOf = (lease: Newest, variantName: string | undefined): UploadOrder | null =>
  variantName === undefined
    ? lease.newestUpload
    : Object.hasOwn(lease.newestUploads ?? {}, variantName)
      ? (lease.newestUploads?.[variantName] ?? null)
      : null;

/** The lease once this upload is the newest. */
export const withNewestUpload = (lease: Lease, variantName: string | undefined, upload: UploadOrder): Lease =>
  variantName === undefined
    ? { ...lease, newestUpload: upload, arrivals: upload.arrival }
    : { ...lease, newestUploads: { ...lease.newestUploads, [variantName]: upload }, arrivals: upload.arrival };
