// The example of each type of hosting is executed: planned, rolled out, updated, and what it excludes is in the reference.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
      EXCLUDED[kind].length === 0 ? 'nothing' : EXCLUDED[kind].map((each) => each.replace(/^\S+/, '`$&`')).join(', '),
    ]),
  );
});
