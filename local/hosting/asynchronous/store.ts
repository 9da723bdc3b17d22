/** What SageMaker reads, writes and publishes for an asynchronous endpoint, each with the execution role of the model. */

export interface StoredObject {
  /** s3://bucket/key */
  readonly url: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly roleArn: string;
  /** With which the object is to be encrypted. */
  readonly kmsKeyId: string | undefined;
}

export interface Published {
  readonly topicArn: string;
  readonly message: string;
  readonly roleArn: string;
}

/** Each rejects where the object or the topic is missing, or the role may not. */
export interface AsyncStore {
  read(url: string, roleArn: string): Promise<Uint8Array>;
  write(object: StoredObject): Promise<void>;
  publish(message: Published): Promise<void>;
}

/** A store in this process, for simulation and tests. */
export class MemoryStore implements AsyncStore {
  /** The inputs, by URL. */
  readonly inputs = new Map<string, string | Uint8Array>();
  /** In the order in which they were written; the same URL may stand twice. */
  readonly written: StoredObject[] = [];
  readonly published: Published[] = [];
  /** What the role may not do, for as long as it is set. */
  readonly denied = new Set<'read' | 'write' | 'publish'>();
  /** A prefix of URLs that the role may not write to. */
  deniedPrefix: string | undefined;

  async read(url: string): Promise<Uint8Array> {
    this.#check('read', 's3:GetObject');
    const found = this.inputs.get(url);
    if (found === undefined) throw new Error('NoSuchKey: The specified key does not exist.');
    return Buffer.from(found);
  }

  async write(object: StoredObject): Promise<void> {
    this.#check('write', 's3:PutObject');
    if (this.deniedPrefix !== undefined && object.url.startsWith(this.deniedPrefix)) throw new Error('AccessDenied');
    this.written.push(object);
  }

  async publish(message: Published): Promise<void> {
    this.#check('publish', 'sns:Publish');
    this.published.push(message);
  }

  #check(what: 'read' | 'write' | 'publish', action: string): void {
    if (this.denied.has(what)) throw new Error(`AccessDenied: not authorized to perform: ${action}`);
  }
}
