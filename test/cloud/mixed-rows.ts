// A pipeline that was trained on a DataFrame of texts and gaps, as most are: deployed without golden cases and with, and asked as
// people ask, with scikit-learn's own answers.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { awsCli } from '../hosting/aws-cli.ts';
import { pythonProgram } from '../hosting/python.ts';
import { type DeployedCloud, sharedCloud, UNHURRIED } from './deployed-cloud.ts';
import { packModel, python } from './packed-iris.ts';

const run = promisify(execFile);

interface Asked {
  found: Record<string, { contentType: string; file: string; answers: string[] }>;
  described: object;
}

interface Story {
  answered: Outcome;
  golden: Outcome;
  expected: string[];
  asked: Asked;
  byCli: Record<string, string[]>;
}

let story: Promise<Story>;

beforeAll(async () => {
  story = tell(await sharedCloud());
  story.catch(() => {});
});

async function tell(on: DeployedCloud): Promise<Story> {
  const folder = join(on.directory, 'mixed');
  const env = { ...process.env, PYTHONPATH: ['serving-image', 'serving-image/tests'].join(':') };
  await run(python, [join(import.meta.dirname, 'train_mixed.py'), folder], {
    env,
    cwd: join(import.meta.dirname, '../..'),
  });
  // The packing tool makes golden cases where none are given: this archive is made by hand.
  const plain = join(folder, 'plain.tar.gz');
  const [withCases] = await Promise.all([
    packModel(folder, 'with-cases', ['--golden', join(folder, 'golden-rows.json')]),
    run('tar', ['-czf', plain, '-C', folder, 'model.pkl']),
  ]);
  // The candidate is another test's: here it would only take its time.
  await on.putUnder('models/mixed/rollout.json', JSON.stringify({ verification: 'live', ...UNHURRIED }));
  const answered = await on.outcomeOfUpload(plain, 'mixed', 'v1');
  const { expected } = JSON.parse(readFileSync(join(folder, 'asked.json'), 'utf8')) as { expected: string[] };
  const cloudEnv = { ...process.env, ...on.cloud.env, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' };
  const golden = on.outcomeOfUpload(withCases, 'mixed', 'v2');
  const { stdout } = await run(pythonProgram('python'), [join(import.meta.dirname, 'ask_mixed.py'), 'mixed', folder], {
    env: cloudEnv,
  });
  const asked = JSON.parse(stdout) as Asked;
  const byCli = await askByCli(asked, folder, cloudEnv);
  return { answered, golden: await golden, expected, asked, byCli };
}

/** The same bodies, sent by the AWS CLI while the endpoint is updated to the same model with other golden cases. */
async function askByCli({ found }: Asked, folder: string, env: NodeJS.ProcessEnv): Promise<Record<string, string[]>> {
  const cli = awsCli(env);
  const answers: Record<string, string[]> = {};
  for (const [way, { contentType, file }] of Object.entries(found)) {
    const output = join(folder, 'answer');
    await cli.aws(
      ...['sagemaker-runtime', 'invoke-endpoint', '--endpoint-name', 'mixed', '--content-type', contentType],
      ...['--body', `fileb://${file}`, output],
    );
    const { predictions } = JSON.parse(readFileSync(output, 'utf8')) as { predictions: { predicted_class: string }[] };
    answers[way] = predictions.map(({ predicted_class }) => predicted_class);
  }
  await cli.end();
  return answers;
}

test('a pipeline of texts and gaps is verified by its own row, and by golden cases where it has some', async () => {
  const { answered, golden } = await story;
  expect(answered).toMatchObject({ outcome: 'deployed', verified: 'answered', warnings: [], error: null });
  expect(golden).toMatchObject({ outcome: 'deployed', verified: 'golden', warnings: [], error: null });
});

test('boto3 and the AWS CLI get scikit-learn’s own answers, in every content type that carries such rows', async () => {
  const { asked, byCli, expected } = await story;
  const ways = Object.keys(asked.found);
  expect(ways.length).toBeGreaterThan(12);
  expect(new Set(expected).size).toBe(2);
  const same = Object.fromEntries(ways.map((way) => [way, expected]));
  expect(Object.fromEntries(Object.entries(asked.found).map(([way, { answers }]) => [way, answers]))).toEqual(same);
  expect(byCli).toEqual(same);
});

test('whoever asks with boto3 is told names and types, and a row that is answered', async () => {
  const { described } = (await story).asked;
  expect(described).toMatchObject({ task: 'classification', exampleAnswered: true });
  expect(described).toHaveProperty('columns.1', { name: 'city', type: 'text', mayBeMissing: true });
});
