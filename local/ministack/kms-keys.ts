// Makes and reads keys of MiniStack's KMS as its root. Three calls do not need an SDK client of their own: they are signed here.
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';

export interface KmsKey {
  arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion` and so on. */
  state: string;
  policy: object;
}

export class KmsKeys {
  readonly #port: number;
  readonly #region: string;
  readonly #agent = new Agent({ rejectUnauthorized: false });

  constructor(ministackPort: number, region = 'us-east-1') {
    this.#port = ministackPort;
    this.#region = region;
  }

  /** @returns the ARN of a new key, whose policy lets IAM decide, as KMS makes it by default */
  async create(): Promise<string> {
    const created = await this.#call('CreateKey', {});
    if (created === undefined) throw new Error('MiniStack made no key.');
    return (created.KeyMetadata as { Arn: string }).Arn;
  }

  /** By id, ARN, alias or the alias's ARN; undefined when there is no such key. */
  async find(keyId: string): Promise<KmsKey | undefined> {
    const described = await this.#call('DescribeKey', { KeyId: keyId });
    if (!described) return undefined;
    const { Arn: arn, KeyState: state } = described.KeyMetadata as { Arn: string; KeyState: string };
    const policy = await this.#call('GetKeyPolicy', { KeyId: arn });
    return policy && { arn, state, policy: JSON.parse(String(policy.Policy)) };
  }

  /** The policy of what is a key; undefined for every other resource, and where there is no such key. */
  readonly policyOf = async (arn: string): Promise<object | undefined> =>
    arn.startsWith('arn:aws:kms:') ? (await this.find(arn))?.policy : undefined;

  async #call(operation: string, input: object): Promise<Record<string, unknown> | undefined> {
    const body = JSON.stringify(input);
    const headers = this.#signed(`TrentService.${operation}`, body);
    const options = {
      ...{ host: '127.0.0.1', port: this.#port, method: 'POST', path: '/' },
      agent: this.#agent,
      headers,
    };
    const [status, answer] = await new Promise<[number, Record<string, unknown>]>((resolve, reject) => {
      const sent = request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve([response.statusCode!, JSON.parse(Buffer.concat(chunks).toString('utf8'))]);
      });
      sent.once('error', reject).end(body);
    });
    if (status === 200) return answer;
    if (/NotFoundException/.test(String(answer.__type))) return undefined;
    throw new Error(`${operation} of MiniStack's KMS ended with ${status}: ${JSON.stringify(answer)}`);
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
  #signed(target: string, body: string): Record<string, string> {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${this.#region}/kms/aws4_request`;
    const signed: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.1',
      host: `127.0.0.1:${this.#port}`,
      'x-amz-date': time,
      'x-amz-target': target,
    };
    const names = Object.keys(signed).join(';');
    const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
    const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
    const key = scope.split('/').reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from('AWS4test'));
    const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { ...signed, authorization };
  }

  close(): void {
    this.#agent.destroy();
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
