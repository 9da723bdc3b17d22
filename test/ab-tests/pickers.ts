// The three programs that pick a variant: TypeScript in this process, Python and a shell by the examples.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pickVariant, type VariantWeights } from '../../client/client.ts';
import { pythonProgram } from '../hosting/python.ts';

export const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'ab-test');

export interface Picked {
  status: number | null;
  variants: string[];
  stderr: string;
}

type Pick = (users: readonly string[], weights: readonly string[], experiment: string) => Picked;

const byProgram =
  (program: () => string, file: string): Pick =>
  (users, weights, experiment) => {
    const run = spawnSync(program(), [join(EXAMPLES, file), experiment, ...weights], {
      input: users.map((user) => `${user}\n`).join(''),
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    return { status: run.status, variants: run.stdout.split('\n').slice(0, -1), stderr: run.stderr };
  };

export const inPython: Pick = byProgram(() => pythonProgram('python'), 'pick_variant.py');
export const inAShell: Pick = byProgram(() => 'sh', 'pick-variant.sh');

export const inTypeScript = (users: readonly string[], weights: VariantWeights, experiment: string): string[] =>
  users.map((user) => pickVariant(user, weights, experiment));

/** As both examples take them. */
export const asParameters = (weights: VariantWeights): string[] =>
  Object.entries(weights).map(([name, weight]) => `${name}=${weight}`);
