// How a bug is planted: into a task, into what a task is given, or into the machine.
import { compile } from '../engine/asl.ts';
import { definition, type Engine } from '../world/engine.ts';
import { functionsOf, type Ports, type SimulatedFunction, type Tasks, tasks } from '../world/functions.ts';

export interface SeededDefect {
  readonly name: string;
  /** The rule that must catch it. */
  readonly rule: string;
  /** Scenarios that reach it, by a part of their suite and name. */
  readonly among: readonly string[];
  readonly plant: () => Engine;
}

const asItIs = () => compile(definition());
export const engineWith = (changed: Partial<Tasks>): Engine => ({
  machine: asItIs(),
  functions: functionsOf({ ...tasks, ...changed }),
});

/** The machine with a change; the definition is parsed anew each time. */
export function machineWith(change: (states: Record<string, Record<string, unknown>>) => void): Engine {
  const changed = definition();
  change(changed.States);
  return { machine: compile(changed), functions: functionsOf() };
}

type AnyTask = (input: never) => Promise<unknown>;
/** A task that is given other ports. */
export const given = <Name extends keyof Tasks>(
  name: Name,
  change: (ports: Ports) => Partial<Ports>,
): Partial<Tasks> => {
  const make = tasks[name] as unknown as (ports: Ports) => AnyTask;
  return { [name]: (ports: Ports) => make({ ...ports, ...change(ports) }) } as never;
};
/** The sweeper, given other ports. */
export const sweeping = (change: (ports: Ports) => Partial<Ports>): SimulatedFunction =>
  functionsOf(tasks, change).Sweep!;
export const nothing = async () => {};
