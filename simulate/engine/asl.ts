// The part of the Amazon States Language that the machine is written in, compiled once. Whatever else appears is refused.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type State = Record<string, Json>;

interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, Record<string, unknown>>>;
  readonly TimeoutSeconds?: number;
}

export interface Retrier {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly maximumAttempts: number;
  readonly backoffRate: number;
  readonly maximumDelaySeconds: number;
  readonly jitter: boolean;
}

/** Reads from the state (`$.a.b`) or from the context object (`$$.Execution.Name`). Throws where the path leads nowhere. */
type Read = (state: Json, context: Json) => Json;
type Write = (state: Json, result: Json) => Json;

export type CompiledState =
  | { readonly type: 'Pass'; readonly result: Read; readonly write: Write; readonly next: string | null }
  | {
      readonly type: 'Task';
      /** The function that it invokes. */
      readonly resource: string;
      readonly payload: Read;
      /** Whether it ends by an answer to its task token, and not by what its function returns. */
      readonly isCallback: boolean;
      readonly write: Write;
      readonly timeoutSeconds: (data: Json) => number;
      readonly retriers: readonly Retrier[];
      readonly catchers: readonly {
        readonly errors: readonly string[];
        readonly write: Write;
        readonly next: string;
      }[];
      readonly next: string | null;
    }
  | {
      readonly type: 'Choice';
      readonly choices: readonly { readonly holds: (state: Json) => boolean; readonly next: string }[];
      readonly otherwise: string | null;
    }
  | { readonly type: 'Wait'; readonly seconds: Read; readonly next: string | null }
  | { readonly type: 'Succeed'; readonly output: Read }
  | { readonly type: 'Fail'; readonly error: Read; readonly cause: Read };

export interface Machine {
  readonly startAt: string;
  readonly states: Readonly<Record<string, CompiledState>>;
  readonly timeoutSeconds: number;
}

export function compile(definition: object): Machine {
  const { StartAt, States, TimeoutSeconds = Number.POSITIVE_INFINITY } = definition as Definition;
  const states = Object.fromEntries(Object.entries(States).map(([name, state]) => [name, compileState(name, state)]));
  return { startAt: StartAt, states, timeoutSeconds: TimeoutSeconds };
}

const KNOWN: Record<string, readonly string[]> = {
  Pass: ['InputPath', 'Parameters', 'Result', 'ResultPath', 'Next', 'End'],
  Task: [
    'Resource',
    'Parameters',
    'ResultPath',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'Retry',
    'Catch',
    'Next',
    'End',
  ],
  Choice: ['Choices', 'Default'],
  Wait: ['SecondsPath', 'Seconds', 'Next', 'End'],
  Succeed: ['OutputPath', 'InputPath'],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};

function compileState(name: string, state: Record<string, unknown>): CompiledState {
  const type = state.Type as string;
  const known = KNOWN[type];
  const unknown = Object.keys(state).filter((key) => !['Type', 'Comment', ...(known ?? [])].includes(key));
  if (known === undefined || unknown.length > 0)
    throw new Error(`The simulation does not know ${type} with ${unknown.join(', ') || 'anything'} (state ${name}).`);
  const next = (state.Next as string | undefined) ?? null;
  switch (type) {
    case 'Pass': {
      const input = reading((state.InputPath as string | undefined) ?? '$');
      const result =
        'Result' in state ? constant(state.Result as Json) : 'Parameters' in state ? template(state.Parameters) : input;
      return { type, result, write: writing(state.ResultPath), next };
    }
    case 'Task':
      return {
        type,
        ...invoked(name, state),
        write: writing(state.ResultPath),
        timeoutSeconds: timeout(state),
        retriers: ((state.Retry as Record<string, unknown>[] | undefined) ?? []).map(retrier),
        catchers: ((state.Catch as Record<string, unknown>[] | undefined) ?? []).map((each) => ({
          errors: each.ErrorEquals as string[],
          write: writing(each.ResultPath),
          next: each.Next as string,
        })),
        next,
      };
    case 'Choice':
      return {
        type,
        choices: (state.Choices as Record<string, unknown>[]).map((choice) => ({
          holds: condition(choice),
          next: choice.Next as string,
        })),
        otherwise: (state.Default as string | undefined) ?? null,
      };
    case 'Wait':
      return {
        type,
        seconds: 'Seconds' in state ? constant(state.Seconds as Json) : reading(state.SecondsPath as string),
        next,
      };
    case 'Succeed':
      return { type, output: reading((state.OutputPath as string | undefined) ?? '$') };
    default:
      return {
        type: 'Fail',
        error: 'ErrorPath' in state ? reading(state.ErrorPath as string) : constant((state.Error as Json) ?? null),
        cause: 'CausePath' in state ? reading(state.CausePath as string) : constant((state.Cause as Json) ?? null),
      };
  }
}

const CALLBACK = /^arn:[a-z-]+:states:::lambda:invoke\.waitForTaskToken$/;

/** A function by its ARN, which is given the parameters; or one that is given a payload with a task token. */
function invoked(name: string, { Resource, Parameters }: Record<string, unknown>) {
  if (!String(Resource).includes(':states:::'))
    return {
      resource: Resource as string,
      payload: Parameters === undefined ? reading('$') : template(Parameters),
      isCallback: false,
    };
  const { FunctionName, Payload, ...others } = (Parameters ?? {}) as Record<string, unknown>;
  if (!CALLBACK.test(String(Resource)) || typeof FunctionName !== 'string' || Object.keys(others).length > 0)
    throw new Error(
      `The simulation does not know ${Resource} with ${Object.keys(Parameters ?? {}).join(', ')} (state ${name}).`,
    );
  return { resource: FunctionName, payload: template(Payload), isCallback: true };
}

/** A positive whole number of seconds: https://states-language.net/spec.html#task-state */
function timeout({ TimeoutSeconds = Number.POSITIVE_INFINITY, TimeoutSecondsPath }: Record<string, unknown>) {
  if (TimeoutSecondsPath === undefined) return () => TimeoutSeconds as number;
  const read = reading(TimeoutSecondsPath as string);
  return (data: Json) => {
    const seconds = read(data, null);
    if (!(Number.isInteger(seconds) && (seconds as number) > 0))
      throw new StatesRuntime(`${TimeoutSecondsPath} leads to ${JSON.stringify(seconds)}, which is no time`);
    return seconds as number;
  };
}

function retrier(retry: Record<string, unknown>): Retrier {
  return {
    errors: retry.ErrorEquals as string[],
    intervalSeconds: (retry.IntervalSeconds as number | undefined) ?? 1,
    maximumAttempts: (retry.MaxAttempts as number | undefined) ?? 3,
    backoffRate: (retry.BackoffRate as number | undefined) ?? 2,
    maximumDelaySeconds: (retry.MaxDelaySeconds as number | undefined) ?? Number.POSITIVE_INFINITY,
    jitter: retry.JitterStrategy === 'FULL',
  };
}

const constant =
  (value: Json): Read =>
  () =>
    value;

const segments = (path: string): string[] => {
  if (!/^\$\$?(\.[A-Za-z][A-Za-z0-9]*)*$/.test(path)) throw new Error(`The simulation does not know the path ${path}.`);
  return path.split('.').slice(1);
};

function reading(path: string): Read {
  const names = segments(path);
  const ofContext = path.startsWith('$$');
  return (state, context) => {
    let value: Json | undefined = ofContext ? context : state;
    for (const name of names) {
      value = (value as State | null)?.[name];
      if (value === undefined) throw new StatesRuntime(`${path} leads nowhere`);
    }
    return value as Json;
  };
}

/** Whether the path leads anywhere. */
function present(path: string): (state: Json) => boolean {
  const names = segments(path);
  return (state) => {
    let value: Json | undefined = state;
    for (const name of names) value = (value as State | null | undefined)?.[name];
    return value !== undefined;
  };
}

/** What Step Functions itself fails with: no Retry or Catch by States.ALL takes it. */
export class StatesRuntime extends Error {
  override readonly name = 'States.Runtime';
}

/** ResultPath: nothing (`$`) replaces, null keeps the input, `$.a` sets one member. */
function writing(path: unknown): Write {
  if (path === null) return (state) => state;
  if (path === undefined || path === '$') return (_, result) => result;
  const [name, ...deeper] = segments(path as string);
  if (name === undefined || deeper.length > 0) throw new Error(`The simulation does not write to ${path}.`);
  return (state, result) => ({ ...(state as State), [name]: result });
}

/** Parameters: a member `x.$` is read by its path, everything else is taken as it is. */
function template(value: unknown): Read {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return constant(value as Json);
  const members = Object.entries(value).map(([key, member]) =>
    key.endsWith('.$') ? ([key.slice(0, -2), reading(member as string)] as const) : ([key, template(member)] as const),
  );
  return (state, context) => {
    const made: State = {};
    for (const [key, read] of members) made[key] = read(state, context);
    return made;
  };
}

const COMPARISONS: Record<string, (value: Json, expected: unknown) => boolean> = {
  StringEquals: (value, expected) => value === expected,
  BooleanEquals: (value, expected) => value === expected,
  NumericEquals: (value, expected) => value === expected,
  IsNull: (value, expected) => (value === null) === expected,
};

function condition(choice: Record<string, unknown>): (state: Json) => boolean {
  const { Variable, Next: _next, Comment: _comment, ...rest } = choice;
  const [[operator, expected] = ['nothing', null], ...others] = Object.entries(rest);
  if (operator === 'And' || operator === 'Or') {
    const parts = (expected as Record<string, unknown>[]).map(condition);
    return operator === 'And'
      ? (state) => parts.every((holds) => holds(state))
      : (state) => parts.some((holds) => holds(state));
  }
  if (operator === 'Not') {
    const holds = condition(expected as Record<string, unknown>);
    return (state) => !holds(state);
  }
  if (operator === 'IsPresent') {
    const isThere = present(Variable as string);
    return (state) => isThere(state) === expected;
  }
  const compare = COMPARISONS[operator];
  if (compare === undefined || others.length > 0)
    throw new Error(`The simulation does not know the condition ${JSON.stringify(choice)}.`);
  const read = reading(Variable as string);
  return (state) => compare(read(state, null), expected);
}
