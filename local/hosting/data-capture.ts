/**
 * Data capture: sampled requests and answers as lines of JSON, in files by endpoint, variant and hour.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */

import { randomUUID } from 'node:crypto';
import type { CaptureContentTypeHeader, CaptureOption } from '@aws-sdk/client-sagemaker';
import type { InvokeEndpointInput } from '@aws-sdk/client-sagemaker-runtime';
import type { ContainerAnswer } from './fleet.ts';
import type { Fleet, Variant } from './records.ts';
import { seeded, seedOf } from './seeded.ts';

export interface CaptureFile {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
  /** Of the model that answered: it writes the file. */
  readonly roleArn: string;
  /** With which the file is to be encrypted. */
  readonly kmsKeyId: string | undefined;
}

/** Where files go. One that cannot be written is lost, as what SageMaker cannot write. */
export type CaptureSink = (file: CaptureFile) => Promise<void>;

export interface Captured {
  readonly endpointName: string;
  readonly fleet: Fleet;
  readonly variant: Variant;
  readonly input: InvokeEndpointInput;
  readonly answer: ContainerAnswer;
}

/** A line waits at most so long; the next call, or tick of the clock, after it writes the file. */
const LONGEST_WAIT_MS = 1_000;
/** In characters. */
export interface CaptureLimits {
  /** That wait to be written. */
  readonly waiting: number;
  /** That one endpoint writes in all: SageMaker too stops capturing when its disk fills. */
  readonly ofEndpoint: number;
}
const LIMITS: CaptureLimits = { waiting: 16 * 1024 * 1024, ofEndpoint: 256 * 1024 * 1024 };

interface Waiting extends Omit<CaptureFile, 'body'> {
  readonly since: number;
  readonly lines: string[];
}

export class DataCapture {
  readonly #sink: CaptureSink;
  readonly #limits: CaptureLimits;
  /** By the folder that the file goes to. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #writing = new Set<Promise<void>>();
  /** Draws that choose what is captured, by endpoint. */
  readonly #random = new Map<string, () => number>();
  readonly #written = new Map<string, number>();
  #size = 0;

  constructor(sink: CaptureSink, limits = LIMITS) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** Only what was answered with 2XX comes here: whether SageMaker captures failures is not documented. */
  record(at: number, { endpointName, fleet, variant, input, answer }: Captured): void {
    const { dataCapture: config } = fleet;
    if (!config?.EnableCapture || !this.#isSampled(endpointName, config.InitialSamplingPercentage!)) return;
    const modes = config.CaptureOptions!.flatMap(modesOf);
    const header = config.CaptureContentTypeHeader;
    const sent = () => part('INPUT', input.ContentType, input.Body as Uint8Array, header);
    const answered = () => part('OUTPUT', answer.headers?.['content-type'], answer.body as Uint8Array, header);
    const line = `${JSON.stringify({
      captureData: {
        ...(modes.includes('INPUT') && { endpointInput: sent() }),
        ...(modes.includes('OUTPUT') && { endpointOutput: answered() }),
      },
      eventMetadata: {
        eventId: randomUUID(),
        ...(input.InferenceId !== undefined && { inferenceId: input.InferenceId }),
        inferenceTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
      },
      eventVersion: '0',
    })}\n`;
    const written = this.#written.get(endpointName) ?? 0;
    const { waiting: mostWaiting, ofEndpoint } = this.#limits;
    if (this.#size + line.length > mostWaiting || written + line.length > ofEndpoint) return;
    this.#size += line.length;
    this.#written.set(endpointName, written + line.length);
    const [folder, waiting] = this.#fileOf(at, config.DestinationS3Uri!, endpointName, variant, config.KmsKeyId);
    waiting.lines.push(line);
    this.#waiting.set(folder, waiting);
  }

  #isSampled(endpointName: string, percentage: number): boolean {
    const random = this.#random.get(endpointName) ?? seeded(seedOf(`${endpointName}/capture`));
    this.#random.set(endpointName, random);
    return 100 * random() < percentage;
  }

  #fileOf(at: number, uri: string, endpointName: string, variant: Variant, kmsKeyId?: string): [string, Waiting] {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(uri) ?? [];
    const time = new Date(at).toISOString();
    const [, day = '', hour = '', minute = '', second = '', millisecond = ''] =
      /^(.{10})T(..):(..):(..)\.(...)/.exec(time) ?? [];
    const folder = [prefix, endpointName, variant.name, day.replaceAll('-', '/'), hour].filter(Boolean).join('/');
    const known = this.#waiting.get(`${bucket}/${folder}`);
    const key = `${folder}/${minute}-${second}-${millisecond}-${randomUUID()}.jsonl`;
    const roleArn = variant.model.input.ExecutionRoleArn!;
    return [`${bucket}/${folder}`, known ?? { bucket, key, roleArn, kmsKeyId, since: at, lines: [] }];
  }

  /** Writes the files of which a line waits long enough. */
  flush(now: number): void {
    for (const [folder, { since, lines, ...file }] of this.#waiting) {
      if (now - since < LONGEST_WAIT_MS) continue;
      this.#waiting.delete(folder);
      const body = lines.join('');
      const written = this.#sink({ ...file, body })
        .catch(() => undefined)
        .then(() => {
          this.#size -= body.length;
          this.#writing.delete(written);
        });
      this.#writing.add(written);
    }
  }

  /** Writes all that waits. */
  async close(): Promise<void> {
    this.flush(Infinity);
    await Promise.all(this.#writing);
  }
}

const modesOf = ({ CaptureMode: mode }: CaptureOption): readonly string[] =>
  mode === 'Input' ? ['INPUT'] : mode === 'Output' ? ['OUTPUT'] : ['INPUT', 'OUTPUT'];

/** "If no headers are specified SageMaker AI will by default base64 encode" (API_DataCaptureConfig, CaptureContentTypeHeader). */
function part(mode: string, contentType: string | undefined, body: Uint8Array, header?: CaptureContentTypeHeader) {
  const type = (contentType ?? '').replace(/;.*/s, '').trim().toLowerCase();
  const isListed = (types: string[] | undefined) => types?.some((each) => each.toLowerCase() === type) ?? false;
  const encoding = isListed(header?.CsvContentTypes) ? 'CSV' : isListed(header?.JsonContentTypes) ? 'JSON' : 'BASE64';
  const data = Buffer.from(body).toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: contentType, mode, data, encoding };
}
