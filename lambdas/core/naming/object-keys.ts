// Where objects lie in the bucket, and what an uploaded object's key says about it.
import { EndpointNameSchema } from '../../../state-machine/contract/endpoint-name.ts';
import type { Answers } from '../../../state-machine/contract/plan.ts';
import { VariantNameSchema } from '../../../state-machine/contract/variant-name.ts';
import { shortened } from '../problems/shortened.ts';

export const KEY_LAYOUTS =
  'models/<endpoint>/<version>/model.tar.gz (models/<version>/model.tar.gz: the default endpoint), ' +
  'models/<endpoint>/<variant>/<version>/model.tar.gz, ' +
  'models/<endpoint>/<job>/output/model.tar.gz from a training job, ' +
  'and models/<endpoint>/rollout.json for settings';

export type ObjectKey =
  /** `variantName`: whether the endpoint has such a variant, the key does not tell; null: it names none. */
  | { kind: 'archive'; endpointName: string; variantName: string | null; version: string }
  | { kind: 'defaultEndpointArchive'; version: string }
  | { kind: 'manifest'; endpointName: string }
  /** It fits no layout; `problem` says why, in whole sentences. */
  | { kind: 'neither'; problem: string };

// No slash, nothing unprintable, and not only dots, which S3's own clients resolve away:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const version = /^(?!\.+$)[^/\p{C}]{1,128}$/u;

/**
 * What SageMaker's training puts between the job's name and the archive, below S3OutputPath `s3://<bucket>/models/<endpoint>`:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
 */
const TRAINING_OUTPUT = 'output';

/**
 * Keys are taken literally: `%2F`, `+` and blanks stay what they are. EventBridge carries keys as they are, unlike S3's
 * own notifications, whose keys are URL-encoded:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function parseObjectKey(key: string): ObjectKey {
  const segments = key.split('/');
  const [root, first = '', second = ''] = segments;
  if (root !== 'models') return neither('It is not under models/.');

  if (segments.length === 3 && second === 'rollout.json') {
    return isEndpointName(first) ? { kind: 'manifest', endpointName: first } : neither(badEndpointName(first));
  }
  if (segments.at(-1) !== 'model.tar.gz') return neither('A model must be named model.tar.gz.');
  if (segments.length === 3) {
    return version.test(first) ? { kind: 'defaultEndpointArchive', version: first } : neither(badVersion(first));
  }
  const third = segments[3] ?? '';
  if (segments.length === 4 || (segments.length === 5 && third === TRAINING_OUTPUT))
    return archive(first, null, second);
  if (segments.length === 5) return archive(first, second, third);
  return neither(segments.length < 3 ? 'It names no version.' : 'It has too many folders.');
}

function archive(endpointName: string, variantName: string | null, named: string): ObjectKey {
  const complaints = [
    ...(isEndpointName(endpointName) ? [] : [badEndpointName(endpointName)]),
    ...(variantName === null || VariantNameSchema.safeParse(variantName).success ? [] : [badVariant(variantName)]),
    ...(version.test(named) ? [] : [badVersion(named)]),
  ];
  return complaints.length > 0
    ? neither(complaints.join(' '))
    : { kind: 'archive', endpointName, variantName, version: named };
}

export function isEndpointName(text: string): boolean {
  return EndpointNameSchema.safeParse(text).success;
}

/** `s3://bucket/key`, the key taken literally; null for anything else. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | null {
  const match = /^s3:\/\/([^/]+)\/(.+)$/su.exec(uri);
  return match === null ? null : { bucket: match[1]!, key: match[2]! };
}

export function manifestKey(endpointName: string): string {
  return `models/${endpointName}/rollout.json`;
}

export const artifactFiles = ['model.tar.gz', 'golden.json'] as const;
export type ArtifactFile = (typeof artifactFiles)[number];

/** Everything that was accepted for one endpoint. The slash at the end keeps `iris-2` out of what belongs to `iris`. */
export const artifactFolder = (endpointName: string): string => `artifacts/${endpointName}/`;

/** The write-once copy of an accepted archive, or its golden cases: each endpoint has its own, so that its lease guards them. */
export const artifactKey = (endpointName: string, sha256: string, file: ArtifactFile): string =>
  `${artifactFolder(endpointName)}${sha256}/${file}`;

const artifactLayout = /^artifacts\/([^/]+)\/([0-9a-f]{64})\/(model\.tar\.gz|golden\.json)$/;

/** Null for a key of any other layout. */
export function parseArtifactKey(key: string): { endpointName: string; sha256: string; file: ArtifactFile } | null {
  const [, endpointName = '', sha256 = '', file] = artifactLayout.exec(key) ?? [];
  return isEndpointName(endpointName) ? { endpointName, sha256, file: file as ArtifactFile } : null;
}

/** Where the requests and answers of an endpoint are captured. */
export const captureS3Uri = (bucketName: string, endpointName: string): string =>
  `s3://${bucketName}/capture/${endpointName}/`;

/** Where an asynchronous endpoint reads its inputs and writes its answers; callers put theirs under `async/<endpoint>/input/`. */
export const ASYNC_FOLDER = 'async/';
export const answersOf = (bucketName: string, endpointName: string): Answers => ({
  outputS3Uri: `s3://${bucketName}/${ASYNC_FOLDER}${endpointName}/output/`,
  failureS3Uri: `s3://${bucketName}/${ASYNC_FOLDER}${endpointName}/failures/`,
});

/** For whoever knows only what he uploaded: how its last rollout ended. */
export function outcomeByUploadKey(uploadKey: string): string {
  return `rollouts/by-upload/${uploadKey}/outcome.json`;
}

/** So that the layouts are never what is cut off. */
const MAXIMUM_WHY = 225;

function neither(why: string): ObjectKey {
  return { kind: 'neither', problem: `${shortened(why, MAXIMUM_WHY)} Upload to ${KEY_LAYOUTS}.` };
}

function badEndpointName(name: string): string {
  return `"${shortened(name, 30)}" cannot name an endpoint: lower-case letters, digits, hyphens, at most 63.`;
}

function badVariant(name: string): string {
  return `"${shortened(name, 20)}" cannot name a variant: letters, digits, hyphens, at most 63.`;
}

function badVersion(text: string): string {
  return `"${shortened(text, 20)}" cannot name a version: 1 to 128 printable characters.`;
}
