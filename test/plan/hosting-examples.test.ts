// The example of each type of hosting is executed: planned, rolled out, updated, and what it excludes is in the reference.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planText } from '../../cli/terminal/plan-words.ts';
import { keyOf } from '../../simulate/world/simulated-stack.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import { EXCLUDED } from '../../state-machine/contract/excluded.ts';
import { ROOT, read, tableUnder } from '../docs/markdown.ts';
import { actionsOf, PlannedStack } from './planned-account.ts';

const kinds = Object.keys(EXCLUDED) as (keyof typeof EXCLUDED)[];
const example = (kind: string) => JSON.parse(readFileSync(join(ROOT, 'examples', kind, 'rollout.json'), 'utf8'));

test.each(kinds)('%s: its example is planned, made as planned, and updated', async (kind) => {
  using stack = new PlannedStack();
  const manifest = { ...example(kind), ...(kind !== 'async' && { canaryInvocations: { requests: 1 } }) };
  const asked = { endpoint: 'shop', manifest: stack.file('rollout.json', JSON.stringify(manifest)) };
  // SageMaker has none for serverless endpoints, and the example asks for nothing of it.
  const warnings = kind === 'serverless' ? [expect.stringContaining('no network isolation')] : [];
  const planned = await stack.planFile(await stack.archiveFile('good', 1), asked);
  expect(planned).toMatchObject({ verdict: 'proceed', operation: 'create', problems: [], warnings });
  stack.manifest('shop', manifest);
  expect(await stack.uploaded(1, keyOf('shop', 1))).toMatchObject({
    outcome: 'deployed',
    verified: 'golden',
    warnings,
  });
  const { endpointConfig, request } = stack.carriedOut;
  expect(actionsOf(planned)).toContain(`create endpointConfig ${endpointConfig.name}`);
  expect(request.hosting.type).toBe(kind);

  const update = await stack.planFile(await stack.archiveFile('good', 2), { endpoint: 'shop' });
  expect(update).toMatchObject({ verdict: 'proceed', operation: 'update', warnings: [] });
  // Its five once more beside those that serve, and one of the candidate before.
  expect(planned.concurrency).toEqual(kind === 'serverless' ? { live: 0, candidate: 0, after: 5, atOnce: 5 } : null);
  expect(update.concurrency).toEqual(kind === 'serverless' ? { live: 5, candidate: 1, after: 5, atOnce: 10 } : null);
  const words = planText(update, null);
  if (kind === 'serverless')
    expect(words).toContain('5 now, 1 of the candidate, 5 afterwards; at most 10 at one moment.');
  else expect(words).not.toContain('Serverless concurrency');
  expect(await stack.uploaded(2, keyOf('shop', 2))).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  expect(stack.carriedOut.operation).toBe('update');
  expect(PLATFORM.settings.allowedInstanceTypes).toContain('ml.m5.large');
});

test('the reference lists each type with its example and what it excludes', () => {
  const rows = tableUnder(read('docs/hosting-types.md'), '## Each with an example');
  expect(rows.map(([kind, file, , excluded]) => [kind, file, excluded])).toEqual(
    kinds.map((kind) => [
      `\`${kind}\``,
      `[rollout.json](../examples/${kind}/rollout.json)`,
      EXCLUDED[kind].map((each) => each.replace(/^\S+/, '`$&`')).join(', '),
    ]),
  );
});
