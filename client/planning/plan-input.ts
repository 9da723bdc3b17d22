// What is to be planned: what would start the rollout, and the files of this machine that it would bring.

/** A file that is planned as if it were uploaded. */
export interface LocalUpload {
  key: string;
  sizeBytes: number;
  file: string;
}

export type PlanInput =
  /** As the machine would get it. */
  | { kind: 'request'; request: unknown }
  /** An archive, with the manifest that would be written before it; null: the one that is there. */
  | { kind: 'archive'; archive: LocalUpload; manifest: LocalUpload | null }
  | { kind: 'manifest'; manifest: LocalUpload };

export const localUploads = (input: PlanInput): LocalUpload[] => {
  if (input.kind === 'request') return [];
  if (input.kind === 'manifest') return [input.manifest];
  return input.manifest === null ? [input.archive] : [input.archive, input.manifest];
};

/** The machine's input: the event of the upload, or the request. */
export function triggerOf(input: PlanInput, bucketName: string): unknown {
  if (input.kind === 'request') return input.request;
  const { key } = input.kind === 'archive' ? input.archive : input.manifest;
  return {
    ...{ source: 'aws.s3', 'detail-type': 'Object Created' },
    detail: { bucket: { name: bucketName }, object: { key } },
  };
}
