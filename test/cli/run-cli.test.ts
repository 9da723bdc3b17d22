// The command line as a person and a pipeline meet it: exit statuses, and what is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { runCli } from '../../cli/run-cli.ts';
import { exitStatusOf } from '../../cli/terminal/exit-status.ts';
import { reportEnd } from '../../cli/terminal/report.ts';
import { deployedStack } from '../../client/deployed-stack.ts';
import { asRefusal, Refusal } from '../../client/refusal.ts';
import { outcomeNames } from '../../state-machine/contract/outcome.ts';
import { outcome } from './rollout-script.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cli-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
}

async function run(...parameters: string[]) {
  const said = { stdout: '', stderr: '' };
  const into = (name: keyof typeof said) =>
    new Writable({
      write: (chunk, _, done) => {
        said[name] += chunk;
        done();
      },
    });
  const status = await runCli(parameters, { stdout: into('stdout'), stderr: into('stderr') });
  return { status, ...said };
}

describe('usage', () => {
  test.each([[['--help']], [['deploy', '--help']], [['help', 'watch']]])(
    '%j is answered with status 0',
    async (parameters) => {
      const { status, stdout, stderr } = await run(...parameters);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: npm run cli -- /);
    },
  );

  test.each([
    [[], /Usage: npm run cli --/],
    [['fly'], /unknown command 'fly'/],
    [['deploy'], /missing required argument|required option/],
    [['deploy', 'model.tar.gz', '--version', 'v1'], /required option '--endpoint <name>' not specified/],
    [
      ['deploy', 'model.tar.gz', '--endpoint', 'iris', '--version', 'v1', '--wacth'],
      /unknown option '--wacth'.*Did you mean --watch/s,
    ],
    [['watch'], /missing required argument 'rollout'/],
    [['outcome', 'a', 'b'], /too many arguments/],
    [['rollback'], /missing required argument 'endpoint'/],
    [['rollback', 'iris', '--verification', 'none'], /^--verification is candidate or live, not "none"\.\n$/],
    [['status'], /missing required argument 'endpoint'/],
    [['lease'], /missing required argument 'endpoint'/],
  ])('%j is refused with status 2', async (parameters, said) => {
    const { status, stdout, stderr } = await run(...parameters);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});

describe('deploy looks at the file and the names before any call', () => {
  const deploy = (path: string, endpoint = 'iris', version = 'v1') =>
    run('deploy', path, '--endpoint', endpoint, '--version', version);

  test.each<[string, () => ReturnType<typeof run>, RegExp]>([
    ['no file', () => deploy(join(directory, 'none.tar.gz')), /^There is no file .*none\.tar\.gz\.\n$/],
    ['a folder', () => deploy(directory), /is not a file\. Pack a model\.tar\.gz first\.\n$/],
    [
      'a zip',
      () => deploy(file('a.tar.gz', 'PK\u0003\u0004')),
      /: It is not a gzip file\. It is a zip archive\. Make it with: tar .*\n$/,
    ],
    ['an empty file', () => deploy(file('b.tar.gz', '')), /: The archive is empty: it has 0 bytes\./],
    [
      'a wrong endpoint',
      () => deploy(file('c.tar.gz', Buffer.from([0x1f, 0x8b])), 'Iris_1'),
      /^"Iris_1" cannot name an endpoint: lower-case/,
    ],
    [
      'a wrong version',
      () => deploy(file('d.tar.gz', Buffer.from([0x1f, 0x8b])), 'iris', '..'),
      /^"\.\." cannot name a version/,
    ],
    [
      'a version with a folder',
      () => deploy(file('e.tar.gz', Buffer.from([0x1f, 0x8b])), 'iris', 'a/b'),
      /is the place of another model/,
    ],
  ])('%s', async (_, refused, said) => {
    const { status, stdout, stderr } = await refused();
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  test('with --json the refusal is an object too', async () => {
    const { stdout } = await run('deploy', 'none.tar.gz', '--endpoint', 'iris', '--version', 'v1', '--json');
    expect(JSON.parse(stdout)).toEqual({ error: 'Refusal', cause: 'There is no file none.tar.gz.' });
  });
});

describe('validate', () => {
  test('names every problem at once, and the nearest key', async () => {
    const request = {
      endpointName: 'Iris',
      hosting: { type: 'realtime', instanceTyp: 'ml.m5.large' },
      canaryInvocations: { requests: 0 },
    };
    const { status, stdout } = await run('validate', file('wrong.json', JSON.stringify(request)));
    expect(status).toBe(2);
    expect(stdout).toContain('has 3 problems:');
    expect(stdout).toContain('- endpointName: Found "Iris". Allowed: ');
    expect(stdout).toContain('- hosting.instanceTyp: This key is unknown. Did you mean "instanceType"?');
    expect(stdout).toContain('- canaryInvocations.requests: Found 0. Allowed: ');
  });

  test('accepts a request and says so in JSON', async () => {
    const { status, stdout } = await run('validate', file('right.json', '{"endpointName":"iris"}'), '--json');
    expect([status, JSON.parse(stdout)]).toEqual([0, { valid: true, problems: [] }]);
  });

  test.each([
    ['{"endpointName":', /It is not JSON/],
    ['[]', /Found a list of 0/],
  ])('%s is refused', async (text, said) => {
    const { status, stdout } = await run('validate', file('odd.json', text));
    expect([status, stdout]).toEqual([2, expect.stringMatching(said)]);
  });

  test('start refuses what validate refuses, without a call', async () => {
    const { status, stdout } = await run('start', file('typo.json', '{"endpoint":"iris"}'), '--json');
    const places = (JSON.parse(stdout).problems as { where: string }[]).map(({ where }) => where);
    expect([status, places]).toEqual([2, ['endpoint', 'endpointName']]);
  });
});

describe('exit status', () => {
  const expected = {
    deployed: 0,
    unchanged: 0,
    superseded: 3,
    retired: 0,
    cancelled: 0,
    rejected: 1,
    rolledBack: 1,
    needsAttention: 1,
  };
  test.each(outcomeNames)('%s', (name) => {
    const succeeded = expected[name] !== 1;
    const status = succeeded ? 'SUCCEEDED' : 'FAILED';
    expect(exitStatusOf({ status, outcome: { ...outcome, outcome: name, succeeded } })).toBe(expected[name]);
  });

  test.each(['FAILED', 'ABORTED', 'TIMED_OUT', 'SUCCEEDED'] as const)(
    '%s without an outcome is a failure',
    (status) => {
      expect(exitStatusOf({ status, outcome: null })).toBe(1);
    },
  );

  test('an execution that was stopped is reported as such', () => {
    const report = reportEnd('arn', {
      type: 'ended',
      at: new Date(),
      status: 'ABORTED',
      outcome: null,
      error: 'Stopped',
      cause: 'by hand',
    });
    expect(report).toMatchObject({
      status: 1,
      text: expect.stringMatching(
        /^\nThe execution aborted and left no outcome: Stopped: by hand\nNothing has taken it up/,
      ),
    });
  });
});

describe('what AWS refuses is said in words', () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error('as AWS says'), { name, ...more });
  test.each<[Error, RegExp]>([
    [named('CredentialsProviderError'), /^No AWS credentials were found\. Set AWS_PROFILE/],
    [new Error('Region is missing'), /^No AWS region is set/],
    [named('ExpiredTokenException'), /have expired/],
    [named('UnrecognizedClientException'), /does not know these credentials/],
    [named('AccessDeniedException'), /^AWS refuses access: as AWS says$/],
    [named('ExecutionAlreadyExists'), /Choose another --name/],
    [named('Error', { code: 'ECONNREFUSED' }), /^AWS cannot be reached: as AWS says/],
    [named('SomethingNew', { $fault: 'client' }), /^AWS answered SomethingNew: as AWS says$/],
  ])('%s', (error, said) => {
    expect(asRefusal(error)).toBeInstanceOf(Refusal);
    expect((asRefusal(error) as Error).message).toMatch(said);
  });

  test('a fault of our own keeps its stack', () => {
    const fault = new TypeError('x is not a function');
    expect(asRefusal(fault)).toBe(fault);
  });

  const cloudFormation = (send: () => Promise<unknown>) =>
    ({ send, config: { region: async () => 'eu-west-1' } }) as unknown as CloudFormationClient;

  test('no such stack', async () => {
    const client = cloudFormation(() => Promise.reject(new Error('Stack with id Mine does not exist')));
    await expect(deployedStack(client, 'Mine')).rejects.toThrow(
      'There is no stack Mine in eu-west-1. Deploy it with npm run deploy, or name yours with --stack.',
    );
  });

  test('another stack', async () => {
    const client = cloudFormation(async () => ({ Stacks: [{ Outputs: [{ OutputKey: 'Url', OutputValue: 'x' }] }] }));
    await expect(deployedStack(client, 'Shop')).rejects.toThrow("The stack Shop is not a deployer's");
  });
});
