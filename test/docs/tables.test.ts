// The tables of the documentation say what the code says.
import { program } from '../../cli/program.ts';
import { alarmArticles } from '../../infra/alarms.ts';
import { executionRoleNeeds, volumeKeyNeeds } from '../../infra/authorisation-networks.ts';
import { keyUses } from '../../infra/key-policy.ts';
import { StackSettingsSchema, stackSettings } from '../../infra/settings.ts';
import { neededEndpoints } from '../../infra/vpc-endpoints.ts';
import { type ErrorName, errorPolicies } from '../../state-machine/contract/errors.ts';
import { failureCauses } from '../../state-machine/contract/explanation.ts';
import { outcomeNames, succeededOutcomes } from '../../state-machine/contract/outcome.ts';
import { RolloutRequestSchema } from '../../state-machine/contract/request.ts';
import { stateSchemas } from '../../state-machine/contract/steps.ts';
import * as budgets from '../../state-machine/contract/time-budgets.ts';
import { retryPolicies } from '../../state-machine/retry-policies.ts';
import { anchors, code, read, tableUnder } from './markdown.ts';

const README = read('README.md');
const HOW_IT_WORKS = read('docs/how-it-works.md');
const RUNBOOK = read('docs/runbook.md');
const STACK_KEYS = read('docs/stack-keys-and-network.md');

describe('settings', () => {
  const rows = tableUnder(README, '### Settings');
  const defaults = stackSettings() as Record<string, unknown>;

  test('all of them, and no other', () => {
    expect(rows.map(([name]) => code(name!))).toEqual(Object.keys(StackSettingsSchema.shape));
  });

  test('with their defaults', () => {
    const wrong = rows.filter(([cell, told]) => {
      const value = defaults[code(cell!)];
      if (told!.startsWith('`')) return JSON.stringify(value) !== JSON.stringify(JSON.parse(code(told!)));
      // In words: how many, or none.
      return Array.isArray(value) ? !told!.startsWith(`${value.length} `) : value !== undefined;
    });
    expect(wrong).toEqual([]);
  });
});

test('the key policy: every statement, whom it is for, its actions and why', () => {
  const rows = tableUnder(STACK_KEYS, '### What the key policy allows');
  expect(rows).toEqual(
    keyUses.map(({ sid, by, actions, why, page }) => [
      `\`${sid}\``,
      by,
      actions.map((action) => `\`${action}\``).join(', '),
      `[${why}](${page})`,
    ]),
  );
});

test('the VPC endpoints: those of the services that the functions call, and no other', () => {
  const rows = tableUnder(STACK_KEYS, '### Endpoints').map(([name, type]) => [code(name!), type]);
  expect(rows).toEqual(neededEndpoints().map(({ endpoint: { name, type } }) => [name, type]));
  expect(rows.length).toBeGreaterThan(5);
});

test('the rights that networks and keys need, of the functions that deploy and of the execution role', () => {
  const rows = tableUnder(read('docs/networks-and-keys.md'), '## Who needs which right');
  const actions = (of: readonly { action: string }[]) => [...new Set(of.map(({ action }) => action))].sort();
  const told = (who: string) => rows.filter(([first]) => first!.includes(who)).map(([, action]) => code(action!));
  expect(told('the functions').sort()).toEqual(actions(volumeKeyNeeds));
  expect(told('the execution role').sort()).toEqual(actions(executionRoleNeeds));
  expect(rows).toHaveLength(actions(volumeKeyNeeds).length + actions(executionRoleNeeds).length);
});

test('the request: every field, in the order of the schema', () => {
  const rows = tableUnder(README, '## The request');
  expect(rows.map(([name]) => code(name!))).toEqual(Object.keys(RolloutRequestSchema.shape));
});

test('the command line: every command with its argument', () => {
  const commands = program(() => {}).commands.map((command) => {
    const [argument] = command.registeredArguments;
    return `${command.name()} <${argument!.name()}>`;
  });
  expect(tableUnder(README, '### The command line').map(([usage]) => code(usage!))).toEqual(commands);
});

test('outcomes: every one, with the status of its execution', () => {
  const rows = tableUnder(README, '## Outcomes').map(([name, , status]) => [code(name!), status]);
  expect(rows).toEqual(outcomeNames.map((name) => [name, succeededOutcomes.includes(name) ? 'SUCCEEDED' : 'FAILED']));
});

test('errors: every one, whose fault, how often and how long it is retried', () => {
  const expected = Object.entries(errorPolicies).map(([name, { fault }]) => {
    const policy = retryPolicies.find(({ errors }) => errors?.includes(name));
    if (!policy) return [name, fault, 'fails'];
    const waits = Array.from({ length: policy.maxAttempts! }, (_, attempt) =>
      Math.min(policy.interval!.toSeconds() * policy.backoffRate! ** attempt, policy.maxDelay!.toSeconds()),
    );
    const seconds = Math.round(waits.reduce((sum, wait) => sum + wait, 0));
    const longest = seconds < 1000 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
    return [name, fault, `retries ${policy.maxAttempts} times, at most ${longest}`];
  });
  const rows = tableUnder(HOW_IT_WORKS, '## Errors').map(([name, fault, reaction]) => [code(name!), fault, reaction]);
  expect(rows).toEqual(expected);
  expect(expected.some(([name]) => errorPolicies[name as ErrorName].reaction === 'fail')).toBe(true);
});

test('time budgets, and the keys of the state', () => {
  const times = tableUnder(HOW_IT_WORKS, '## Time').map(([, time]) => time!);
  const hours = [
    budgets.BUSY_ENDPOINT_SECONDS,
    budgets.DEPLOYMENT_SECONDS,
    budgets.ROLLBACK_SECONDS,
    budgets.MACHINE_TIMEOUT_SECONDS,
  ].map((seconds) => `${seconds / 3600} h`);
  hours.forEach((told, index) => {
    expect(times[index]).toMatch(new RegExp(`^${told}\\b`));
  });
  const state = /\*\*State\.\*\*.*$/m.exec(HOW_IT_WORKS)![0];
  for (const key of Object.keys(stateSchemas)) expect(state).toContain(`\`${key}\``);
});

test('each alarm has the article that its description names, and the article names it', () => {
  for (const [alarm, { article }] of Object.entries(alarmArticles)) {
    expect([...anchors(RUNBOOK)]).toContain(article);
    expect(RUNBOOK.split(`## ${article}\n`)[1]).toMatch(new RegExp(`^\\n\\*\\*Alarm ${alarm}\\*\\*`));
  }
});

test('causes of failures: every one, with its meaning and whose turn it is', () => {
  const rows = tableUnder(RUNBOOK, '## why-it-failed');
  expect(rows.map(([name]) => code(name!))).toEqual([...failureCauses]);
  for (const [, meaning, turn] of rows) expect([meaning, turn].every((text) => text!.length >= 3)).toBe(true);
});

test('the runbook has a line for everything that a rollout may leave behind', () => {
  const sources = [
    read('lambdas/core/rollback/rollback-step.ts'),
    read('lambdas/tasks/check-rollback.ts'),
    read('lambdas/core/outcome/outcome.ts').split('function leftOf')[1]!,
  ];
  const texts = sources.flatMap((source) => [...source.matchAll(/`(The [^`]*)`|'(The [^']*)'/g)]);
  expect(texts.length).toBeGreaterThanOrEqual(10);
  const left = tableUnder(RUNBOOK, '## needs-attention').map(([text]) => text!);
  const missing = texts
    .map(([, template, literal]) => (template ?? literal!).split(/\$\{(?:[^{}]|\{[^}]*\})*\}/))
    .filter((parts) => !left.some((text) => parts.every((part) => text.includes(part.trim()))));
  expect(missing).toEqual([]);
});
