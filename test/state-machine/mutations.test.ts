// Every mutant of the machine (a Catch, a Retry, a rule, a timeout, a path dropped; a Next that leads elsewhere) fails a check.
import { testGuards } from './guards.ts';
import { committedMachine, type Machine, type State, type Test } from './machine.ts';
import { onOurEngine } from './on-our-engine.ts';
import { testRoutes } from './routes.ts';

interface Mutant {
  name: string;
  machine: Machine;
}
const original = committedMachine();
const names = Object.keys(original.States);

/** One mutant for each state that has what `change` changes: it says what it did, or nothing. */
function mutants(): Mutant[] {
  const all: Mutant[] = [];
  const mutate = (state: string, what: string, change: (state: State) => void) => {
    const machine = structuredClone(original);
    change(machine.States[state]!);
    all.push({ name: `${state}: ${what}`, machine });
  };
  names.forEach((name, index) => {
    const state = original.States[name]!;
    // The state after the next in the file: any other but the right one.
    const elsewhere = (right: string) =>
      [1, 2].map((step) => names[(index + step) % names.length]!).find((one) => one !== right)!;
    for (const key of optional) {
      if (state[key] !== undefined) mutate(name, `without ${key}`, (changed) => delete changed[key]);
    }
    for (const key of ['Next', 'Default'] as const) {
      const right = state[key];
      if (right !== undefined) mutate(name, `${key} elsewhere`, (changed) => (changed[key] = elsewhere(right)));
    }
    state.Choices?.forEach(({ Next, And }, at) => {
      mutate(name, `without rule ${at}`, ({ Choices }) => Choices!.splice(at, 1));
      mutate(name, `rule ${at} elsewhere`, ({ Choices }) => (Choices![at]!.Next = elsewhere(Next)));
      And?.forEach((_, part) => {
        mutate(name, `rule ${at} without condition ${part}`, ({ Choices }) => Choices![at]!.And!.splice(part, 1));
      });
    });
    state.Retry?.forEach((_, at) => {
      mutate(name, `without retry ${at}`, ({ Retry }) => Retry!.splice(at, 1));
    });
    state.Catch?.forEach(({ Next }, at) => {
      mutate(name, `without catch ${at}`, ({ Catch }) => Catch!.splice(at, 1));
      mutate(name, `catch ${at} elsewhere`, ({ Catch }) => (Catch![at]!.Next = elsewhere(Next)));
      mutate(name, `catch ${at} without ResultPath`, ({ Catch }) => delete Catch![at]!.ResultPath);
    });
    for (const key of Object.keys(state.Parameters ?? {})) {
      mutate(name, `without parameter ${key}`, ({ Parameters }) => delete Parameters![key]);
    }
  });
  return all;
}
const optional = [
  ...([
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'Retry',
    'Catch',
    'InputPath',
    'ResultPath',
    'OutputPath',
    'SecondsPath',
  ] as const),
  ...(['Parameters', 'ErrorPath', 'CausePath'] as const),
];

type Check = () => unknown;
/** In place of Jest's `test`: the checks, to be run one after the other. */
function collected(machine: Machine): Check[] {
  const checks: Check[] = [];
  const add = (_name: string, check: Check) => checks.push(check);
  const each =
    <Row>(rows: readonly Row[]) =>
    (_name: string, check: (...values: never[]) => unknown) => {
      for (const row of rows) checks.push(() => check(...((Array.isArray(row) ? row : [row]) as never[])));
    };
  const test = Object.assign(add, { each }) as unknown as Test;
  testGuards(machine, test);
  testRoutes(machine, test, onOurEngine);
  return checks;
}

/** Numbers of checks that have failed, the latest first: what found one mutant of a state mostly finds the next one too. */
const failedBefore: number[] = [];

async function survives(machine: Machine): Promise<boolean> {
  const checks = collected(machine);
  for (const number of new Set([...failedBefore, ...checks.keys()])) {
    try {
      await checks[number]?.();
    } catch {
      failedBefore.splice(0, failedBefore.length, ...new Set([number, ...failedBefore]));
      return false;
    }
  }
  return true;
}

test('the checks find nothing wrong with the machine itself', async () => {
  expect(await survives(original)).toBe(true);
  expect(failedBefore).toEqual([]);
});

test('each of the mutants fails a check', async () => {
  const all = mutants();
  const survivors: string[] = [];
  for (const { name, machine } of all) if (await survives(machine)) survivors.push(name);
  expect(survivors).toEqual([]);
  expect(all.length).toBeGreaterThan(400);
}, 120_000);
