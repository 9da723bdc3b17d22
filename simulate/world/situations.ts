// The rollouts that everything is played with: each a kind of change with an end, on an endpoint of one hosting.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import type { BaseName, Begin } from './bases.ts';
import { type ChangeName, changeOf } from './changes.ts';
import { type EndName, endOf, ends } from './ends.ts';

export type HostingName = keyof typeof played;

export interface Situation {
  readonly hosting: HostingName;
  readonly change: ChangeName;
  readonly base: BaseName;
  readonly begin: Begin;
  readonly ends: OutcomeName;
  /** The one from which it differs only in some functions: elsewhere its calls fail as they fail there. */
  readonly like: SituationName | null;
  /** Those functions. */
  readonly own: readonly string[];
}

/** What meets what, by hosting: changes, each with its ends; the names of the situations are made of them. */
const played = {
  realtime: [
    ['create', 'asWanted', 'wrong'],
    ['update', 'asWanted', 'wrong'],
    ['updateLive', 'asWanted', 'wrong'],
    ['updateGuarded', 'asWanted', 'wrong'],
    ['updateLinear', 'asWanted', 'alarm'],
    ['updateRolling', 'asWanted', 'wrong'],
    ['updateScheduled', 'asWanted', 'wrong'],
    ['create', 'answered', 'failing', 'unloadable'],
    ['update', 'failing', 'unloadable'],
    ['takeOver', 'wrong', 'refused'],
    ['updatePrivate', 'asWanted', 'wrong'],
    ['settings', 'asWanted', 'wrong'],
    ['again', 'asWanted'],
    ['superseding', 'asWanted'],
    ['rollback', 'asWanted'],
    ['retire', 'asWanted'],
  ],
  twoVariants: [
    ['createTwo', 'asWanted', 'wrong'],
    ['updateOfTwo', 'asWanted', 'wrong'],
    ['updateLiveOfTwo', 'asWanted', 'wrong'],
    ['updateGuardedOfTwo', 'asWanted', 'wrong'],
    ['weights', 'asWanted', 'wrong'],
    ['weightsInSteps', 'asWanted', 'wrong', 'alarm'],
    ['addVariant', 'asWanted', 'wrong'],
    ['removeVariant', 'asWanted'],
    ['settingsOfTwo', 'asWanted'],
    ['againOfTwo', 'asWanted'],
    ['rollbackOfTwo', 'asWanted'],
    ['rollbackWeights', 'asWanted'],
    ['retireTwo', 'asWanted'],
  ],
  serverless: [
    ['createServerless', 'asWanted', 'wrong'],
    ['updateServerless', 'asWanted', 'wrong'],
    ['updateLiveServerless', 'asWanted', 'wrong'],
    ['settingsOfServerless', 'asWanted'],
    ['againServerless', 'asWanted'],
    ['retireServerless', 'asWanted'],
  ],
  async: [
    ['createAsync', 'asWanted', 'wrong', 'answered', 'failing'],
    ['updateAsync', 'asWanted', 'wrong', 'failing'],
    ['updateLiveAsync', 'asWanted', 'wrong'],
    ['resizeAsync', 'asWanted', 'wrong'],
    ['settingsOfAsync', 'asWanted', 'wrong'],
    ['againAsync', 'asWanted'],
    ['rollbackAsync', 'asWanted'],
    ['retireAsync', 'asWanted'],
  ],
} as const satisfies Record<string, readonly (readonly [ChangeName, ...EndName[]])[]>;

type NameOf<Row> = Row extends readonly [infer Change extends ChangeName, ...infer Ends extends EndName[]]
  ? `${Change}${(typeof ends)[Ends[number]]['suffix']}`
  : never;
export type SituationName = NameOf<(typeof played)[HostingName][number]>;

const nameOf = (change: ChangeName, end: EndName) => `${change}${ends[end].suffix}` as SituationName;

/** What is called from the moment at which the live endpoint is changed to the one at which it is as it should be. */
const WHILE_IT_CHANGES: readonly string[] = [
  ...['CreateAlarms', 'DeployEndpoint', 'CheckEndpoint', 'SendGoldenTraffic', 'JudgeFleet', 'DeleteAlarms'],
  ...['RegisterScaling', 'RollBack', 'CheckRollback'],
];

function situationOf(hosting: HostingName, changeName: ChangeName, endName: EndName): Situation {
  const change = changeOf(changeName);
  const end = endOf(endName);
  const like = nameOf((change.like ?? changeName) as ChangeName, end.like ?? endName);
  const asks = change.like === undefined && end.like !== undefined ? change.asks : undefined;
  return {
    ...{ hosting, change: changeName },
    base: { refused: change.refusedOn, alarm: change.alarmedOn }[endName as string] ?? change.base,
    begin: change.begin(endName),
    ends: end.outcome ?? change.outcome ?? 'deployed',
    like: like === nameOf(changeName, endName) ? null : like,
    own: asks === undefined ? (change.own ?? WHILE_IT_CHANGES) : [asks],
  };
}

export const situations = Object.fromEntries(
  (Object.keys(played) as HostingName[]).flatMap((hosting) =>
    played[hosting].flatMap(([change, ...of]) =>
      of.map((end) => [nameOf(change, end), situationOf(hosting, change, end)]),
    ),
  ),
) as Readonly<Record<SituationName, Situation>>;
export const situationNames = Object.keys(situations) as SituationName[];

export const isLikeAnother = (situation: SituationName): boolean => situations[situation].like !== null;

/** Whether a call of this function in this situation is another one than in the situation that it is like. */
export const isOwnCall = (situation: SituationName, functionName: string): boolean =>
  !isLikeAnother(situation) || situations[situation].own.includes(functionName);

/** Of the states of its course those from the first on that differs. */
export const ownStates = (situation: SituationName, states: readonly string[]): readonly string[] =>
  isLikeAnother(situation) ? states.slice(states.findIndex((state) => isOwnCall(situation, state))) : states;

/** Whether the endpoint is to go. */
export const isRetirement = (situation: SituationName): boolean => situations[situation].ends === 'retired';

export const hostingNames = Object.keys(played) as HostingName[];

export const situationsOf = (hosting: HostingName): SituationName[] =>
  situationNames.filter((name) => situations[name].hosting === hosting);
