// The examples of the documentation are what they are said to be: requests, outcomes, manifests, callers.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { stackSettings } from '../../infra/settings.ts';
import { checkRequest } from '../../lambdas/core/request/check-request.ts';
import { CancelRequestSchema } from '../../state-machine/contract/cancel-request.ts';
import { RetireEndpointRequestSchema, RollbackRequestSchema } from '../../state-machine/contract/other-requests.ts';
import { OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import { blocks, documents, ROOT, read } from './markdown.ts';

/** A request of another action, if it names one. */
const others: Record<string, z.core.$ZodType> = {
  rollback: RollbackRequestSchema,
  retireEndpoint: RetireEndpointRequestSchema,
  cancel: CancelRequestSchema,
};

/** Nothing wrong with it. */
function expectRequest(value: unknown): void {
  const other = others[String((value as { action?: unknown }).action)];
  if (other !== undefined) {
    expect(z.safeParse(other, value).error?.issues ?? []).toEqual([]);
    return;
  }
  expect(checkRequest(value).problems).toEqual([]);
}

const manifests = readdirSync(join(ROOT, 'examples'))
  .map((name) => join('examples', name, 'rollout.json'))
  .filter((file) => existsSync(join(ROOT, file)));
const requests = [...manifests, 'examples/callers/request.json'];

test.each(requests)('%s is a request that this release can carry out, and names its schema', (file) => {
  const value = JSON.parse(read(file)) as { $schema: string };
  expectRequest(value);
  expect(join(dirname(file), value.$schema)).toBe('state-machine/contract/rollout-request.schema.json');
});

test.each(manifests)('%s, a manifest, names no model and no other endpoint', (file) => {
  const manifest = JSON.parse(read(file)) as object;
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['model']));
  expect(manifest).not.toHaveProperty('endpointName');
});

test('every JSON block is an outcome, an answer of the server, or a request', () => {
  const found = { outcomes: 0, requests: 0 };
  for (const file of documents()) {
    for (const block of blocks(read(file), 'json')) {
      const value = JSON.parse(block) as Record<string, unknown>;
      if ('predictions' in value) continue;
      if ('outcome' in value) {
        expect(z.safeParse(OutcomeSchema, value).error?.issues ?? []).toEqual([]);
        found.outcomes += 1;
      } else {
        expectRequest(value);
        found.requests += 1;
      }
    }
  }
  expect(found).toEqual({ outcomes: 1, requests: 10 });
});

test('requests and settings in commands and in the text are right', () => {
  const everything = documents().map(read).join('\n');
  const settings = [...everything.matchAll(/settings='(\{.*?\})'/g)].map(([, json]) => json!);
  expect(settings.length).toBeGreaterThan(0);
  for (const json of settings) expect(() => stackSettings(json)).not.toThrow();
  const details = [...everything.matchAll(/"Detail": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text!));
  expect(details).toHaveLength(1);
  for (const detail of details) expectRequest(JSON.parse(detail));
});

test('the callers are valid Python and shell', () => {
  const python = join(ROOT, '.venv', 'test', 'bin', 'python');
  const parse = 'import ast, sys; ast.parse(open(sys.argv[1]).read())';
  execFileSync(python, ['-c', parse, join(ROOT, 'examples/callers/start_rollout.py')]);
  execFileSync('sh', ['-n', join(ROOT, 'examples/callers/start-rollout.sh')]);
});

describe('the callers say that a rollout was superseded, whose execution succeeded, and not that it is deployed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'callers-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const request = join(ROOT, 'examples/callers/request.json');
  const ended = (outcome: string) => JSON.stringify({ outcome, succeeded: true, successor: 'newer' });

  test.each([
    ['superseded', 3],
    ['deployed', 0],
  ])('in a shell: %s', (outcome, status) => {
    const aws = `#!/bin/sh
case "$*" in *"--query status"*) echo SUCCEEDED ;; *"--query output"*) echo '${ended(outcome)}' ;; *) echo arn ;; esac`;
    writeFileSync(join(folder, 'aws'), aws, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const run = spawnSync('sh', [join(ROOT, 'examples/callers/start-rollout.sh'), request], { env, encoding: 'utf8' });
    expect([run.status, run.stdout]).toEqual([status, `${ended(outcome)}\n`]);
  });

  test.each([
    ['superseded', 3],
    ['deployed', 0],
  ])('in Python: %s', (outcome, status) => {
    const client = `class Client:
    def describe_stacks(self, StackName): return {"Stacks": [{"Outputs": [{"OutputKey": "StateMachineArn", "OutputValue": "arn"}]}]}
    def start_execution(self, stateMachineArn, input): return {"executionArn": "arn"}
    def describe_execution(self, executionArn): return {"status": "SUCCEEDED", "output": '${ended(outcome)}'}
def client(name): return Client()
`;
    writeFileSync(join(folder, 'boto3.py'), client);
    const python = join(ROOT, '.venv', 'test', 'bin', 'python');
    const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
    const run = spawnSync(python, [join(ROOT, 'examples/callers/start_rollout.py'), request], {
      env,
      encoding: 'utf8',
    });
    expect([run.status, JSON.parse(run.stdout)]).toEqual([status, JSON.parse(ended(outcome))]);
  });
});
