// The release before this one, made from the present: a definition that knows less, and functions that write its contract.
import { functionCalls } from '../../infra/function-calls.ts';
import { type StepName, stepNames, steps } from '../../state-machine/contract/steps.ts';
import { compile, type Machine } from '../engine/asl.ts';
import { definition } from './engine.ts';
import { type Ports, portsOf, type SimulatedFunction, tasks } from './functions.ts';

type States = Record<string, Record<string, unknown> & { Parameters?: Record<string, unknown>; Type?: unknown }>;

/** A state of today that it lacks, and where its way went instead. */
const LACKS = { state: 'JudgeFleet', instead: 'DeleteAlarms', writes: 'fleet' };
/** Outputs that its RecordOutcome was not given. */
const NOT_REPORTED = ['scaling', 'candidateCanaryInvocations'];
/** It sent a batch of golden traffic between two looks, within the time of the state. */
const BATCH = { state: 'SendGoldenTraffic', timeoutSeconds: 210, next: 'WaitForEndpoint' };

/** The machine as it was when it wrote `contractVersion`. */
export function earlierMachine(contractVersion: number): Machine {
  const asl: { StartAt: string; States: States } = definition();
  const rerouted = JSON.stringify(asl.States).replaceAll(`"Next":"${LACKS.state}"`, () => `"Next":"${LACKS.instead}"`);
  const states: States = withPlainWaits(JSON.parse(rerouted));
  const batch = states[BATCH.state]!;
  delete batch.Parameters!['lease.$'];
  Object.assign(batch, { TimeoutSeconds: BATCH.timeoutSeconds, Next: BATCH.next });
  const begin = states[asl.StartAt]!.Parameters!;
  begin.contractVersion = contractVersion;
  delete begin[LACKS.writes];
  for (const key of NOT_REPORTED) delete states.RecordOutcome!.Parameters![`${key}.$`];
  return compile({ ...asl, States: reachable(asl.StartAt, states) });
}

/** It waited as long as its outputs said, and nobody could wake it. */
const withPlainWaits = (states: States): States =>
  Object.fromEntries(
    Object.entries(states).map(([name, state]) =>
      state.TimeoutSecondsPath === undefined
        ? [name, state]
        : [name, { Type: 'Wait', SecondsPath: state.TimeoutSecondsPath, Next: state.Next }],
    ),
  );

/** Without the states that nothing leads to any more. */
function reachable(startAt: string, states: States): States {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const [, next = ''] of JSON.stringify(states[name]).matchAll(/"(?:Next|Default)":"([^"]+)"/g)) visit(next);
  };
  visit(startAt);
  return Object.fromEntries(Object.entries(states).filter(([name]) => reached.has(name)));
}

/** A function of the way forward as that release had it. Its name says so: no fault is meant for it, nor today's check. */
function earlierFunction(name: StepName, contractVersion: number): SimulatedFunction {
  const task = tasks[name] as (ports: Ports) => (input: unknown) => Promise<unknown>;
  return {
    ...{ name: `${name} of the release before`, step: name },
    timeoutSeconds: steps[name].functionTimeoutSeconds,
    granted: functionCalls[name],
    run: (world, payload) => {
      const ports = portsOf(world);
      const write: Ports['documents']['write'] = (key, content) =>
        ports.documents.write(key, stamped(content, contractVersion));
      const unwritten = Object.fromEntries(Object.keys(steps[name].reads).map((key) => [key, null]));
      return task({ ...ports, documents: { ...ports.documents, write } })({ ...unwritten, ...(payload as object) });
    },
  };
}

const stamped = (content: unknown, contractVersion: number): unknown =>
  content !== null && typeof content === 'object' && 'contractVersion' in content
    ? { ...content, contractVersion }
    : content;

export interface StackUpdate {
  readonly functions: Readonly<Record<string, SimulatedFunction>>;
  /** How often functions of the release before were invoked. */
  readonly invoked: () => number;
  /** Now, however many there were. */
  readonly happen: () => void;
}

/**
 * The stack is updated after `count` invocations of the earlier functions, or with the first of the rollback, whose functions
 * are today's in any case.
 */
export function updateAfter(
  count: number,
  today: Readonly<Record<string, SimulatedFunction>>,
  contractVersion: number,
): StackUpdate {
  let invoked = 0;
  let isUpdated = false;
  const functions = { ...today };
  for (const name of stepNames) {
    const [before, now] = [earlierFunction(name, contractVersion), today[name]!];
    const get = () => {
      isUpdated ||= invoked >= count || 'rollback' in steps[name];
      if (isUpdated) return now;
      invoked += 1;
      return before;
    };
    Object.defineProperty(functions, name, { enumerable: true, get });
  }
  const happen = () => {
    isUpdated = true;
  };
  return { functions, invoked: () => invoked, happen };
}
