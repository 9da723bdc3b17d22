// The client of Python on the deployed stack.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonProgram } from '../hosting/python.ts';
import { sharedCloud, UNHURRIED } from './deployed-cloud.ts';

const ENDPOINT = 'from-python';
/** Begun by the first test: what all begin at once, one machine answers late. */
let told: Promise<Record<string, unknown>> | undefined;

async function life(): Promise<Record<string, unknown>> {
  const on = await sharedCloud();
  const noArchive = join(on.directory, 'model.zip');
  writeFileSync(noArchive, 'PK');
  const env = { ...process.env, ...on.cloud.env, PYTHONPATH: join(import.meta.dirname, '../../serving-image') };
  await on.putUnder(`models/${ENDPOINT}/rollout.json`, JSON.stringify(UNHURRIED));
  const program = [join(import.meta.dirname, 'python_client.py'), on.forest, noArchive, ENDPOINT];
  const { stdout } = await promisify(execFile)(pythonProgram('python'), program, { env });
  return JSON.parse(stdout);
}
const seenByPython = () => {
  told ??= life();
  return told;
};

test('Python uploads, starts, cancels and retires, and is told every outcome', async () => {
  const seen = await seenByPython();
  expect(seen).toMatchObject({
    outcomes: {
      deployed: ['deployed', true],
      changed: ['deployed', true],
      rejected: ['rejected', false],
      cancelled: ['rejected', false],
      retired: ['retired', true],
    },
    verified: 'golden',
    problems: [{ where: 'hosting.instanceCount' }],
    unsettled: null,
    ...{ sameExecution: true, byName: true, byKey: true },
    timedOut: expect.stringMatching(/has not ended within 0.2 s. It goes on\.$/),
  });
  expect(seen.sawStates).toEqual(expect.arrayContaining([expect.stringMatching(/^[A-Z]\w+\??$/)]));
  expect(seen.releases).toEqual((seen.startedIds as string[]).map((id) => [id, 1]));
});

test('Python refuses what needs no call, in one sentence', async () => {
  expect((await seenByPython()).refused).toEqual({
    stack: 'There is no stack None in us-east-1. Name yours: connect(stack_name=...).',
    archive: expect.stringMatching(/model\.zip is not a tar\.gz/),
    missing: expect.stringMatching(/model\.zip\.none cannot be read: No such file or directory\.$/),
    folder: '"v2/other" is no folder of models/<endpoint>/<version>/model.tar.gz.',
    again: expect.stringMatching(/^A rollout of the name [\w-]+ was started before\. Choose another name\.$/),
    reference: expect.stringMatching(/^"not a name" names no rollout\. /),
  });
});
