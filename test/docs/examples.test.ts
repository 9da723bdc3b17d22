// The examples of the documentation are what they are said to be: requests, outcomes, manifests, callers.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { stackSettings } from '../../infra/settings.ts';
import { checkRequest } from '../../lambdas/core/request/check-request.ts';
import { notSupportedYet } from '../../lambdas/core/request/not-supported-yet.ts';
import { OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import { RetireEndpointRequestSchema, RollbackRequestSchema } from '../../state-machine/contract/request.ts';
import { blocks, documents, ROOT, read } from './markdown.ts';

/** A request of another action, if it names one. */
const others: Record<string, z.core.$ZodType> = {
  rollback: RollbackRequestSchema,
  retireEndpoint: RetireEndpointRequestSchema,
};

/** Nothing wrong with it, and nothing that this release cannot do. */
function expectRequest(value: unknown): void {
  const other = others[String((value as { action?: unknown }).action)];
  if (other !== undefined) {
    expect(z.safeParse(other, value).error?.issues ?? []).toEqual([]);
    return;
  }
  const { request, problems } = checkRequest(value);
  expect([...problems, ...notSupportedYet(request, false)]).toEqual([]);
}

const requests = ['examples/iris/rollout.json', 'examples/callers/request.json'];

test.each(requests)('%s is a request that this release can carry out, and names its schema', (file) => {
  const value = JSON.parse(read(file)) as { $schema: string };
  expectRequest(value);
  expect(join(dirname(file), value.$schema)).toBe('state-machine/contract/rollout-request.schema.json');
});

test('a manifest names no model and no other endpoint', () => {
  const manifest = JSON.parse(read('examples/iris/rollout.json')) as object;
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
  expect(found).toEqual({ outcomes: 1, requests: 5 });
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
