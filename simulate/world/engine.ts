// What is simulated: the committed machine and the real functions, as they are or with a bug planted.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compile, type Machine } from '../engine/asl.ts';
import { functionsOf, type SimulatedFunction } from './functions.ts';

export interface Engine {
  readonly machine: Machine;
  readonly functions: Readonly<Record<string, SimulatedFunction>>;
}

const file = process.env.SIMULATED_ASL ?? path.join(import.meta.dirname, '../../state-machine/rollout.asl.json');

/** Parsed anew each time, so that a bug may be planted into it. */
export const definition = () => JSON.parse(readFileSync(file, 'utf8'));

let asItIs: Engine | undefined;
export function engineAsItIs(): Engine {
  asItIs ??= { machine: compile(definition()), functions: functionsOf() };
  return asItIs;
}
