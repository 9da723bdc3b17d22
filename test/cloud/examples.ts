// The examples, as their READMEs say: trained, packed, deployed with golden cases, and asked a row that training did not see.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { blocks, read } from '../docs/markdown.ts';
import { type AwsCli, awsCli } from '../hosting/aws-cli.ts';
import { type DeployedCloud, sharedCloud, UNHURRIED } from './deployed-cloud.ts';

const ROOT = join(import.meta.dirname, '../..');
/** iris is what the other parts deploy: it is packed by command, and its endpoint is theirs. */
const EXAMPLES = readdirSync(join(ROOT, 'examples')).filter(
  (name) => name !== 'iris' && existsSync(join(ROOT, 'examples', name, 'train.py')),
);
const DEPLOY = /^npm run cli -- deploy (\S+) --endpoint (\S+) --version (\S+) --watch$/;
/** How many are trained at once. */
const LANES = 2;

interface Told {
  /** What train.py says: the library's own answer. */
  trained: { path: string; answer: Record<string, unknown>; notes: string[] };
  outcome: Outcome;
  predictions: object[];
}

let cli: AwsCli;
const told = new Map<string, Promise<Told>>();

beforeAll(async () => {
  const on = await sharedCloud();
  cli = awsCli({ ...process.env, ...on.cloud.env, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' });
  const lanes = Array.from({ length: LANES }, () => Promise.resolve<unknown>(undefined));
  for (const [place, name] of EXAMPLES.entries()) {
    const trained = lanes[place % LANES]!.then(() => train(name, on));
    lanes[place % LANES] = trained.catch(() => {});
    const whole = trained.then((answer) => deployAndAsk(name, on, answer));
    whole.catch(() => {});
    told.set(name, whole);
  }
});

afterAll(() => cli?.end());

/** The commands of its README, in order; what they write goes into the folder of the cloud. */
function commandsOf(name: string, on: DeployedCloud): string[] {
  const lines = blocks(read(`examples/${name}/README.md`), 'bash')
    .join('')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines.filter((line) => line !== '').map((line) => line.replaceAll(/\bdist\//g, `${on.directory}/examples/`));
}

function command(name: string, on: DeployedCloud, beginning: string): string {
  const found = commandsOf(name, on).filter((line) => line.startsWith(beginning));
  if (found.length !== 1) throw new Error(`examples/${name}/README.md: ${found.length} commands with ${beginning}`);
  return found[0]!;
}

async function train(name: string, on: DeployedCloud): Promise<Told['trained']> {
  const [, variable, value] = /^export (\w+)=(\S+)$/.exec(command(name, on, 'export '))!;
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1', [variable!]: value };
  const [python, ...parameters] = command(name, on, '.venv/').split(' ');
  const { stdout } = await promisify(execFile)(join(ROOT, python!), parameters, { cwd: ROOT, env });
  return JSON.parse(stdout);
}

async function deployAndAsk(name: string, on: DeployedCloud, trained: Told['trained']): Promise<Told> {
  const [, archive, endpoint, version] = DEPLOY.exec(command(name, on, 'npm '))!;
  await on.putUnder(`models/${endpoint}/rollout.json`, JSON.stringify(UNHURRIED));
  const outcome = await on.outcomeOfUpload(archive!, endpoint!, version!);
  if (outcome.outcome !== 'deployed') return { trained, outcome, predictions: [] };
  const [, ...parameters] = command(name, on, 'aws ').split(' ');
  await cli.aws(...parameters);
  const { predictions } = JSON.parse(readFileSync(parameters.at(-1)!, 'utf8')) as { predictions: object[] };
  return { trained, outcome, predictions };
}

/** The same, with numbers as near as an engine of 32 bits gets. */
function near(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 5);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, near(part)]));
}

test('there are examples of every library', () => {
  expect(EXAMPLES).toEqual(expect.arrayContaining(['fraud-detection', 'lightgbm', 'onnx', 'xgboost']));
});

test.each(EXAMPLES)('the example %s is deployed, verified, and answers as its library does', async (name) => {
  const { trained, outcome, predictions } = await told.get(name)!;
  expect(outcome).toMatchObject({ outcome: 'deployed', verified: 'golden', warnings: [], error: null });
  expect(predictions).toMatchObject([near(trained.answer)]);
});
