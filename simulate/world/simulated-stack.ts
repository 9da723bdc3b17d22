// The stack in its account, as people meet it: uploads whose events start the machine, requests, a sweeper that comes around.

import { rolloutPartition } from '../../lambdas/core/naming/ledger-keys.ts';
import { SWEEP_MINUTES } from '../../lambdas/core/recovery/rotate-start.ts';
import { isRecovery } from '../../lambdas/core/recovery/stopped-rollout.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Json } from '../engine/asl.ts';
import type { Execution } from '../engine/execution.ts';
import { Account, type AccountOptions, isHosted, type JournalledCall } from './account.ts';
import type { Archive } from './archives.ts';
import type { ServiceName } from './aws/clients.ts';
import { DynamoDb } from './aws/dynamodb.ts';
import { S3 } from './aws/s3.ts';
import { PLATFORM, SWEEPER } from './stack-names.ts';

export const SWEEP_MILLISECONDS = SWEEP_MINUTES * 60_000;
const AFTER_ABORT_MILLISECONDS = SWEEP_MILLISECONDS + 90_000;
const HOUR = 3_600_000;
/** Longer than any outage that a scenario has, with the sweeper's pauses after it. */
const LONGEST_OUTAGE_MILLISECONDS = 13 * HOUR;
const FORGOTTEN_MILLISECONDS = 16 * HOUR;

export interface Uploaded {
  readonly key: string;
  readonly versionId: string;
  readonly archive: Archive;
  readonly at: number;
  readonly lastModified: number;
  /** How many events told of it. */
  readonly events: number;
}

type RecordedCall = Pick<JournalledCall, 'at' | 'service' | 'operation' | 'input'>;
const AUTO_SCALE = '(scaling policy)';
export const isRead = (operation: string) => /^(Describe|List|Get|Head|Query|Batch|Invoke)/.test(operation);

export interface SimulatedStackOptions extends AccountOptions {
  /** Whether the sweeper comes around. */
  readonly sweeps?: boolean;
}

export class SimulatedStack {
  readonly account: Account;
  readonly uploads: Uploaded[] = [];
  /** Executions that were aborted from outside. */
  readonly aborted: Execution[] = [];
  #started = 0;
  #coming = 0;
  /** When something last ended or was begun, and the sweeps: begun, ended, and when the last one began. */
  #lastChange = 0;
  #debounceSince = 0;
  #sweeps = { begun: 0, ended: 0, lastBegunAt: -1 };
  readonly #hasSweeper: boolean;

  constructor(options: SimulatedStackOptions) {
    this.account = new Account(options);
    this.#hasSweeper = options.sweeps !== false && SWEEPER in options.functions;
  }

  /** Something that will happen; the run does not end before. */
  later(milliseconds: number, act: () => void): void {
    this.#coming += 1;
    this.account.time.at(this.account.time.now + milliseconds, () => {
      this.#coming -= 1;
      act();
    });
  }

  /** `delays`: milliseconds until each event of it arrives; none: the event is lost. */
  upload(key: string, archive: Archive, delays: readonly number[] = [1_000], lastModified?: number): Uploaded {
    const { account } = this;
    const version = account.s3.put(key, archive.bytes, {}, lastModified);
    const uploaded = {
      ...{ key, archive, versionId: version.versionId, at: account.time.now, events: delays.length },
      lastModified: version.lastModified.getTime(),
    };
    this.uploads.push(uploaded);
    for (const delay of delays) this.later(delay, () => void this.tell(key));
    return uploaded;
  }

  /** The event of an upload, once more or for the first time. */
  tell(key: string): Execution {
    const event = {
      ...{ version: '0', id: `event-${this.#started}`, source: 'aws.s3', 'detail-type': 'Object Created' },
      detail: { bucket: { name: PLATFORM.bucketName }, object: { key, size: 1, etag: 'etag', sequencer: '00' } },
    };
    return this.start(event);
  }

  /** Executions that began in this run. */
  get started(): number {
    return this.account.executions.size - this.#inherited;
  }
  #inherited = 0;

  /** EventBridge and people give executions names of their own. */
  start(input: Json, name = `rollout-${++this.#started}`): Execution {
    return this.account.start(name, input);
  }

  request(input: Json): Execution {
    return this.start(input);
  }

  /** Whether everything that was begun has ended, and the sweeper has been around since and found nothing to begin. */
  #isQuiet(): boolean {
    if (this.#coming > 0) return false;
    if (this.#isRunning()) return false;
    if (this.#hasSweeper && this.#isLostEvent()) return false;
    // A recovery that failed is tried again after a pause; one that goes on failing is given up here.
    const patience = Math.max(this.#lastChange + 2 * HOUR, this.#debounceSince + LONGEST_OUTAGE_MILLISECONDS);
    if (this.#hasSweeper && (this.#isLeased() || this.#isUnreported()) && this.account.time.now < patience)
      return false;
    // What an aborted execution left running may still take effect, and the sweeper sees it when it comes the next time.
    if (this.aborted.length > 0 && this.account.time.now < this.#lastChange + AFTER_ABORT_MILLISECONDS) return false;
    const { begun, ended, lastBegunAt } = this.#sweeps;
    return !this.#hasSweeper || (lastBegunAt > this.#lastChange && begun === ended);
  }

  /** One that runs is remembered: asked at every event, and there may be ten thousand. */
  #isRunning(): boolean {
    if (this.#running?.status === 'RUNNING') return true;
    this.#running = [...this.account.executions.values()].find(({ status }) => status === 'RUNNING');
    return this.#running !== undefined;
  }
  #running: Execution | undefined;

  #isLeased(): boolean {
    const leases = [...(this.account.dynamoDb.partitions.get('lease')?.values() ?? [])] as unknown as Lease[];
    return leases.some(({ owner, waiting }) => owner !== null || waiting.length > 0);
  }

  /** Whether an execution ended without an outcome, and the sweeper has it told. */
  #isUnreported(): boolean {
    const { executions, dynamoDb } = this.account;
    return [...executions.values()].some(
      ({ name, status, input }) =>
        status !== 'SUCCEEDED' && !isRecovery(input) && !dynamoDb.partitions.has(rolloutPartition(name)),
    );
  }

  /** Whether an upload has no outcome yet, and the sweeper may still take it up: it does after half an hour, and once an hour. */
  #isLostEvent(): boolean {
    const { dynamoDb, time } = this.account;
    const newest = new Map(this.uploads.map((upload) => [upload.key, upload]));
    return [...newest.values()].some(
      ({ key, versionId, at }) =>
        !dynamoDb.partitions.has(`upload#${versionId}#${key}`) && time.now < at + FORGOTTEN_MILLISECONDS,
    );
  }

  /** Lets time pass until all is quiet: for `least` milliseconds, and for `hours` at most. */
  async settle({ least = 0, hours = 72 } = {}): Promise<void> {
    const { account } = this;
    const { time } = account;
    const begunAt = time.now;
    this.#debounceSince = begunAt;
    this.#lastChange = time.now;
    const ended = account.ended;
    let isOver = false;
    account.ended = (execution) => {
      this.#lastChange = time.now;
      // Its event comes a moment later.
      if (this.#hasSweeper && execution.status !== 'SUCCEEDED')
        time.at(time.now + 1_000, () => void (isOver || this.#sweep(execution)));
      ended(execution);
    };
    const comeAround = () => {
      if (isOver) return;
      void this.#sweep();
      time.at(time.now + SWEEP_MILLISECONDS, comeAround);
    };
    if (this.#hasSweeper) time.at(time.now + SWEEP_MILLISECONDS, comeAround);
    await time.run(() => time.now >= begunAt + least && this.#isQuiet(), begunAt + hours * HOUR);
    isOver = true;
    account.ended = ended;
  }

  /** `stopped`: whose end it is told of; every other event is taken for the schedule's, so that both kinds of sweep are seen. */
  async #sweep(stopped?: Execution): Promise<void> {
    const { account } = this;
    const before = account.executions.size;
    this.#sweeps.begun += 1;
    const event: Json = stopped && this.#sweeps.begun % 2 === 0 ? { detail: { executionArn: stopped.arn } } : {};
    this.#sweeps.lastBegunAt = account.time.now;
    // A sweep that fails is noticed by its alarm, and the next one comes.
    await account.invoke(SWEEPER, event).catch(() => {});
    this.#sweeps.ended += 1;
    if (account.executions.size > before) this.#lastChange = account.time.now;
  }

  /** A call that somebody makes who is not this system. */
  async person(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<object> {
    const output = await this.account.perform({ service, operation, input });
    this.#recordedCalls.push({ at: this.account.time.now, service, operation, input });
    return output;
  }

  /** What a scaling policy does. */
  autoScale(endpointName: string, count: number, variantName = 'primary'): void {
    this.account.hosting.autoScale(endpointName, variantName, count);
    this.#recordedCalls.push({
      at: this.account.time.now,
      service: 'sagemaker',
      operation: AUTO_SCALE,
      input: { endpointName, variantName, count },
    });
  }
  readonly #recordedCalls: RecordedCall[] = [];

  /** Brings this new stack to where another one is. */
  async replay(other: SimulatedStack, make: (call: RecordedCall) => Promise<void>): Promise<void> {
    const { account } = this;
    const past = () => this.#replayCalls(other, make);
    await (account.endpointEvents?.mutedDuring(past) ?? past());
    account.s3 = new S3(PLATFORM.bucketName, () => account.time.now, other.account.s3);
    account.dynamoDb = new DynamoDb(other.account.dynamoDb);
    for (const [arn, execution] of other.account.executions) account.executions.set(arn, execution);
    this.#started = other.#started;
    this.#inherited = account.executions.size;
  }

  async #replayCalls(other: SimulatedStack, make: (call: RecordedCall) => Promise<void>): Promise<void> {
    const { account } = this;
    const calls = other.account.calls.filter(
      ({ service, operation, tookEffect }) => tookEffect && isHosted(service) && !isRead(operation),
    );
    for (const call of [...calls, ...other.#recordedCalls].sort((one, other) => one.at - other.at)) {
      account.time.now = call.at;
      if (call.operation !== AUTO_SCALE) await make(call);
      else {
        const { endpointName, variantName, count } = call.input;
        account.hosting.autoScale(String(endpointName), String(variantName), Number(count));
      }
    }
    account.time.now = other.account.time.now;
    account.hosting.advance();
  }

  /** What a person writes beside the models; it tells nobody. */
  manifest(endpointName: string, content: object): void {
    this.account.s3.put(`models/${endpointName}/rollout.json`, Buffer.from(JSON.stringify(content)));
  }
}

export const keyOf = (endpointName: string, version: string | number) =>
  `models/${endpointName}/${version}/model.tar.gz`;
