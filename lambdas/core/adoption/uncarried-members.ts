// What is set on a live endpoint configuration, or on its models, and would be gone after an update.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { isEmpty, isMembers, type Members } from '../endpoint/members.ts';
import { canonicalJson } from '../naming/names.ts';
import { isAuthors } from '../naming/tag-change.ts';
import { problem } from '../problems/problems.ts';
import { shortened } from '../problems/shortened.ts';
import { CARRIED_OF_ENDPOINT_CONFIG, CARRIED_OF_MODEL, type CarriedMember, type OwnWays } from './carried-members.ts';
import { ENDPOINT_CONFIG_DEFAULTS, MODEL_DEFAULTS, type ReturnedDefault } from './returned-defaults.ts';

export interface Described {
  readonly name: string;
  /** All that SageMaker says of it. */
  readonly members: Members;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LiveConfiguration {
  readonly config: Described;
  /** Of its production variants. */
  readonly models: readonly Described[];
}

/** Each member by its path, with its value and the way forward. `wanted`: the tags that the update gives. */
export function uncarriedMembers(
  { config, models }: LiveConfiguration,
  ways: OwnWays,
  wanted: Readonly<Record<string, string>>,
): Problem[] {
  return [
    ...problemsOf(OF_ENDPOINT_CONFIG, config, ways, wanted),
    ...models.flatMap((model) => problemsOf(OF_MODEL, model, ways, wanted)),
  ];
}

interface Tables {
  /** What it is that is described. */
  readonly kind: 'endpoint configuration' | 'model';
  readonly carried: ReadonlyMap<string, CarriedMember>;
  readonly returned: ReadonlyMap<string, ReturnedDefault>;
  /** Members below which one of the tables knows something. */
  readonly inner: ReadonlySet<string>;
}

const tables = (
  kind: Tables['kind'],
  carried: readonly CarriedMember[],
  returned: readonly ReturnedDefault[],
): Tables => ({
  kind,
  carried: new Map(carried.map((member) => [member.path, member])),
  returned: new Map(returned.map((member) => [member.path, member])),
  inner: new Set(['', ...[...carried, ...returned].flatMap(({ path }) => ancestors(path))]),
});

/** `A[].B.C`: `A`, `A[]`, `A[].B`. */
function ancestors(path: string): string[] {
  const ends = [...path.matchAll(/\[\]|\./g)].map(({ index }) => index);
  return ends.flatMap((end) =>
    path[end] === '[' ? [path.slice(0, end), path.slice(0, end + 2)] : [path.slice(0, end)],
  );
}

const OF_ENDPOINT_CONFIG = tables('endpoint configuration', CARRIED_OF_ENDPOINT_CONFIG, ENDPOINT_CONFIG_DEFAULTS);
const OF_MODEL = tables('model', CARRIED_OF_MODEL, MODEL_DEFAULTS);

function problemsOf(
  known: Tables,
  { name, members, tags }: Described,
  ways: OwnWays,
  wanted: Readonly<Record<string, string>>,
): Problem[] {
  const found: Problem[] = [];
  const add = (at: string, message: string) => found.push(problem(`${known.kind} ${name}: ${at}`, message));
  const forward = `Move the endpoint to ${known.kind === 'model' ? 'a' : 'an'} ${known.kind} without it first, or roll out to an endpoint of another name.`;
  const visit = (path: string, at: string, value: unknown, parent: Members): void => {
    if (isEmpty(value)) return;
    const carried = known.carried.get(path);
    const returned = known.returned.get(path);
    if (carried !== undefined) {
      for (const fault of carried.faults?.(value, ways) ?? []) {
        const isItself = fault.at === '';
        add(
          isItself ? at : `${at}.${fault.at}`,
          `${isItself ? `It is ${shown(value)}. ` : ''}${fault.message} ${forward}`,
        );
      }
    } else if (returned !== undefined) {
      if (returned.value === null || canonicalJson(value) === canonicalJson(returned.value(parent))) return;
      add(at, `It is ${shown(value)}. ${DROPPED} ${forward}`);
    } else if (known.inner.has(path) && Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(`${path}[]`, `${at}[${index}]`, item, parent);
    } else if (known.inner.has(path) && isMembers(value)) {
      for (const [key, member] of Object.entries(value)) {
        const [below, there] = path === '' ? [key, key] : [`${path}.${key}`, `${at}.${key}`];
        visit(below, there, member, value);
      }
    } else add(at, `It is ${shown(value)}. ${DROPPED} ${forward}`);
  };
  visit('', '', members, members);
  const capture = members.DataCaptureConfig;
  if (isMembers(capture) && !isEmpty(capture) && isEmpty(capture.CaptureContentTypeHeader))
    add(
      'DataCaptureConfig.CaptureContentTypeHeader',
      `It is not set: everything is captured as base64. Rollouts capture JSON and CSV as text. ${forward}`,
    );
  for (const [key, value] of Object.entries(tags))
    if (isAuthors(key) && wanted[key] !== value)
      add(
        `Tags.${key}`,
        `It is ${shown(value)}. Give it in \`tags\` of the request, or take it off: an update would drop it.`,
      );
  return found;
}

const DROPPED = 'Rollouts do not carry it: an update would drop it.';

/** As JSON, cut; values of an environment may be secrets. */
function shown(value: unknown): string {
  const json = JSON.stringify(value, (key, part) =>
    key === 'Environment' && isMembers(part) ? Object.keys(part).map((name) => `${name}=…`) : part,
  );
  return shortened(json, 240);
}
