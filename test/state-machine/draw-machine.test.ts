// The drawing of small machines, by which its rules can be seen one at a time.
import { drawMachine } from '../../state-machine/draw-machine.ts';
import { otherwiseLabel, ruleLabel } from '../../state-machine/rule-labels.ts';

const rollBack = [{ Next: 'RollBack' }];

test('a Catch that all tasks of a fragment share is drawn once, from its box', () => {
  const states = {
    CreateModel: { Type: 'Task', Next: 'Planned?', Catch: rollBack },
    DeployEndpoint: { Type: 'Task', Next: 'RollBack', Catch: rollBack },
    RollBack: { Type: 'Task' },
  };
  const picture = drawMachine(states, new Map([['update', ['CreateModel', 'DeployEndpoint']]]));
  expect(picture.split('\n').filter((line) => line.includes('-.->'))).toEqual([
    '  fragment-update -.->|any failure| RollBack',
  ]);
});

test('Catches that lead to different states are drawn from each task', () => {
  const states = {
    RecordOutcome: { Type: 'Task', Next: 'Failed', Catch: [{ Next: 'Failed' }] },
    RollBack: { Type: 'Task', Next: 'RecordOutcome', Catch: [{ Next: 'RecordOutcome' }] },
    Failed: { Type: 'Fail' },
  };
  const picture = drawMachine(states, new Map([['end', Object.keys(states)]]));
  expect(picture).toBe(`flowchart TD
  subgraph fragment-end["end"]
    RecordOutcome
    RollBack
    Failed([Failed])
  end
  RecordOutcome --> Failed
  RollBack --> RecordOutcome
  RecordOutcome -.->|failure| Failed
  RollBack -.->|failure| RecordOutcome
`);
});

test('rules that lead to the same state share an edge', () => {
  const verdict = (value: string, Next: string) => ({ Variable: '$.retirement.verdict', StringEquals: value, Next });
  const states = {
    'Retired?': {
      Type: 'Choice',
      Choices: [verdict('waiting', 'Wait'), verdict('retired', 'Wait')],
      Default: 'Failed',
    },
    Wait: { Type: 'Wait' },
    Failed: { Type: 'Fail' },
  };
  const picture = drawMachine(states, new Map([['retire', Object.keys(states)]]));
  expect(picture).toContain('  Retired? -->|waiting, retired| Wait\n  Retired? -->|failed| Failed\n');
});

const guarded = { Variable: '$.plan.guarded', BooleanEquals: true };
const noCandidate = { Variable: '$.plan.candidate', IsNull: true };
const inService = { Variable: '$.deployment.verdict', StringEquals: 'inService' };

test.each([
  [guarded, 'guarded'],
  [noCandidate, 'no candidate'],
  [inService, 'inService'],
  [{ And: [inService, guarded] }, 'inService and guarded'],
])('%j reads', (rule, label) => {
  expect(ruleLabel(rule)).toBe(label);
});

test.each([
  [[guarded], 'not guarded'],
  [[noCandidate], 'candidate'],
  [[inService], 'inProgress, failed'],
  [[{ And: [inService, guarded] }, inService], 'inProgress, failed'],
  [[{ Variable: '$.plan.verdict', StringEquals: 'proceed' }], 'unchanged, recover, wait, rejected, outdated'],
])('%j leaves', (rules, label) => {
  expect(otherwiseLabel(rules)).toBe(label);
});
