// The pictures show the machine that there is.
import { drawMachine } from '../../state-machine/draw-machine.ts';
import { synthesizeMachine } from '../../state-machine/synthesize-asl.ts';
import { blocks, read } from './markdown.ts';

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Catch?: { Next: string }[];
  Resource?: string;
}
const { States } = JSON.parse(read('state-machine/rollout.asl.json')) as { States: Record<string, State> };

const isWait = ({ Resource = '' }: State): boolean => Resource.endsWith('.waitForTaskToken');

/** `A --> B` of the definition, `A -.-> B` for its Catches; each once. */
function edges(): string[] {
  const all = Object.entries(States).flatMap(([name, state]) => {
    const { Next, Default, Choices = [], Catch = [] } = state;
    return [
      ...[Next, Default, ...Choices.map((choice) => choice.Next)].flatMap((to) => (to ? [`${name} --> ${to}`] : [])),
      // What ends a wait leads on, an error as an answer does.
      ...(isWait(state) ? [] : Catch.map((caught) => `${name} -.-> ${caught.Next}`)),
    ];
  });
  return [...new Set(all)].sort();
}

/** The same of a mermaid flowchart, without labels. What leads from a box leads from each of its tasks. */
function drawn(flowchart: string): string[] {
  const boxes = new Map(
    [...flowchart.matchAll(/^ *subgraph (\S+)\[.*\n([\s\S]*?)^ *end$/gm)].map(([, box, inside]) => [
      box!,
      inside!.split('\n').map((line) => line.trim()),
    ]),
  );
  const all = flowchart.split('\n').flatMap((line) => {
    const [, from, arrow, to] = /^ *(\S+) (-->|-\.->)(?:\|[^|]*\|)? (\S+)$/.exec(line) ?? [];
    if (from === undefined) return [];
    const tasks = boxes.get(from)?.filter((name) => States[name]?.Type === 'Task' && !isWait(States[name])) ?? [from];
    return tasks.map((task) => `${task} ${arrow} ${to}`);
  });
  return all.sort();
}

test('how-it-works shows what the machine is drawn as (npm run generate brings it up to date)', () => {
  const { asl, fragments } = synthesizeMachine();
  expect(blocks(read('docs/how-it-works.md'), 'mermaid')).toEqual([drawMachine(JSON.parse(asl).States, fragments)]);
});

test('how-it-works draws every transition and every Catch, once', () => {
  const [flowchart] = blocks(read('docs/how-it-works.md'), 'mermaid');
  expect(drawn(flowchart!)).toEqual(edges());
});

test('its diamonds are the Choices', () => {
  const [flowchart] = blocks(read('docs/how-it-works.md'), 'mermaid');
  const diamonds = [...flowchart!.matchAll(/^ *(\S+)\{/gm)].map(([, name]) => name!);
  const choices = Object.entries(States).filter(([, { Type }]) => Type === 'Choice');
  expect(diamonds.sort()).toEqual(choices.map(([name]) => name).sort());
});

test("README's picture shows every task, every wait and both ends", () => {
  const [picture] = blocks(read('README.md'), '');
  const shown = Object.entries(States).filter(([, { Type }]) => Type === 'Task' || Type === 'Wait');
  const missing = [...shown.map(([name]) => name), 'Succeeded', 'Failed'].filter((name) => !picture!.includes(name));
  expect(missing).toEqual([]);
});

test("README's picture names no state that the machine does not have", () => {
  const others = ['EventBridge', 'RolloutRequested', 'StartExecution'];
  const [picture] = blocks(read('README.md'), '');
  const named = [...picture!.matchAll(/\b(?:[A-Z][a-z]+){2,}\b/g)].map(([name]) => name);
  expect(named.filter((name) => !(name in States) && !others.includes(name))).toEqual([]);
});

test('a rollout is as many transitions as README says: those of the way through, and of each poll', () => {
  const passing: Record<string, string> = {
    'ArtifactAccepted?': 'LeaseEndpoint',
    'Leased?': 'PlanRollout',
    'CandidateNeeded?': 'AlarmsNeeded?',
    'AlarmsNeeded?': 'DeployEndpoint',
    'Planned?': 'CreateModel',
    'InService?': 'RegisterScaling',
    'CanaryPassed?': 'RetireSuperseded',
    'Succeeded?': 'Succeeded',
  };
  const through: string[] = [];
  for (let at: string | undefined = 'ReceiveTrigger'; at; at = passing[at] ?? States[at]!.Next) through.push(at);
  expect(through.at(-1)).toBe('Succeeded');
  const poll: string[] = [];
  for (let at = 'WaitForEndpoint'; poll.length === 0 || at !== 'InService?'; at = States[at]!.Next!) poll.push(at);
  expect(read('README.md')).toContain(`${through.length} transitions, and ${poll.length + 1} for each wait`);
});
