// The machine as a Mermaid flowchart for people: its fragments, and of each Catch where it leads, once for all tasks that share it.
import { otherwiseLabel, type RuleCondition, ruleLabel } from './rule-labels.ts';

interface Rule extends RuleCondition {
  readonly Next: string;
}
interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Choices?: readonly Rule[];
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next: string }[];
}
interface Edge {
  readonly to: string;
  readonly label?: string;
}

const shapes: Record<string, (name: string) => string> = {
  Choice: (name) => `${name}{${name}}`,
  Wait: (name) => `${name}(${name})`,
  Succeed: (name) => `${name}([${name}])`,
  Fail: (name) => `${name}([${name}])`,
};

export function drawMachine(
  states: Readonly<Record<string, State>>,
  fragments: ReadonlyMap<string, readonly string[]>,
): string {
  const lines = ['flowchart TD'];
  for (const [fragment, names] of fragments) {
    lines.push(`  subgraph ${boxOf(fragment)}["${fragment}"]`);
    for (const name of names) lines.push(`    ${shapes[kindOf(states[name]!)]?.(name) ?? name}`);
    lines.push('  end');
  }
  for (const [fragment, names] of fragments) {
    for (const name of names) lines.push(...waysOn(states[name]!).map((edge) => line(name, '-->', edge)));
    lines.push(...failures(boxOf(fragment), names, states));
  }
  return `${lines.join('\n')}\n`;
}

/** A callback state is a wait. */
const kindOf = ({ Type, Resource = '' }: State): string => (Resource.endsWith('.waitForTaskToken') ? 'Wait' : Type);

/** `end` alone is a word of Mermaid's. */
const boxOf = (fragment: string): string => `fragment-${fragment}`;

const line = (from: string, arrow: string, { to, label }: Edge): string =>
  `  ${from} ${arrow}${label === undefined ? '' : `|${label}|`} ${to}`;

function waysOn({ Next, Choices, Default }: State): Edge[] {
  if (!Choices) return Next === undefined ? [] : [{ to: Next }];
  const rules = Map.groupBy(Choices, (rule) => rule.Next);
  const ways = [...rules].map(([to, some]) => ({ to, label: some.map(ruleLabel).join(', ') }));
  return Default === undefined ? ways : [...ways, { to: Default, label: otherwiseLabel(Choices) }];
}

/** One edge from the box if all of its tasks fail alike, else one from each. */
function failures(box: string, names: readonly string[], states: Readonly<Record<string, State>>): string[] {
  // Whatever ends a wait leads on.
  const tasks = names.filter((name) => kindOf(states[name]!) === 'Task');
  const all = tasks.flatMap((name) => (states[name]!.Catch ?? []).map(({ Next }) => ({ from: name, to: Next })));
  const targets = [...new Set(all.map(({ to }) => to))];
  if (targets.length === 1) return [line(box, '-.->', { to: targets[0]!, label: 'any failure' })];
  return all.map(({ from, to }) => line(from, '-.->', { to, label: 'failure' }));
}
