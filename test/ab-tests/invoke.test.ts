// The examples that ask an endpoint name the variant of the user to it: with the SDK, boto3 and the AWS CLI.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pickVariant } from '../../client/client.ts';
import { pythonProgram } from '../hosting/python.ts';
import { EXAMPLES } from './pickers.ts';

const REQUEST = '{"instances": [[5.1, 3.5, 1.4, 0.2]]}';

/** What an endpoint was asked. */
const asked: { path: string | undefined; variant: unknown; body: string }[] = [];
let server: Server;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ab-tests-'));
  writeFileSync(join(folder, 'request.json'), REQUEST);
  server = createServer(async (request, response) => {
    const variant = request.headers['x-amzn-sagemaker-target-variant'];
    asked.push({ path: request.url, variant, body: await text(request) });
    const headers = { 'x-amzn-invoked-production-variant': String(variant), 'content-type': 'application/json' };
    response.writeHead(200, headers).end('{"predictions": ["setosa"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function run(program: string, parameters: string[]) {
  const child = spawn(program, parameters, {
    env: {
      ...process.env,
      PATH: `${dirname(pythonProgram('aws'))}:${process.env.PATH}`,
      PYTHONDONTWRITEBYTECODE: '1',
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' },
      ...{ AWS_DEFAULT_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' },
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  });
  child.stdin.end(REQUEST);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout: stdout.trim(), stderr: stderr.trim() };
}

/** One of each variant, so that no example passes that always names the same. */
const usersOf = ['primary', 'challenger'].map((variant) => {
  const user = Array.from({ length: 200 }, (_, number) => `user-${number}`).find(
    (each) => pickVariant(each, { primary: 9, challenger: 1 }, 'iris-2026-12') === variant,
  );
  return [variant, user!] as const;
});

test.each<[string, (user: string) => [string, string[]]]>([
  ['TypeScript', (user) => [process.execPath, [join(EXAMPLES, 'invoke.ts'), 'iris', user]]],
  ['Python', (user) => [pythonProgram('python'), [join(EXAMPLES, 'invoke.py'), 'iris', user]]],
  ['a shell', (user) => ['sh', [join(EXAMPLES, 'invoke.sh'), 'iris', user, join(folder, 'request.json')]]],
])(
  'in %s',
  async (_, command) => {
    for (const [variant, user] of usersOf) {
      const { stdout, stderr } = await run(...command(user));
      expect(stdout).toBe('{"predictions": ["setosa"]}');
      expect(stderr).toContain(variant);
      expect(asked.pop()).toEqual({ path: '/endpoints/iris/invocations', variant, body: REQUEST });
    }
  },
  120_000,
);
