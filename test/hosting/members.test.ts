/** The lists of members: complete, without overlap, current on their page, and true where a call can show it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type CreateModelCommandInput,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { leafMembers, listsOf, type OperationMembers } from '../../local/hosting/members/member-lists.ts';
import { ALL_MEMBERS, membersPage } from '../../local/hosting/members/members-page.ts';
import { type Leaf, leavesOf, withLeaf } from '../adoption/leaves.ts';
import { Account, failure, IMAGE, ROLE } from './account.ts';

const of = (operation: string) => ALL_MEMBERS.find((each) => each.operation === operation)!;

describe.each(ALL_MEMBERS.map((each) => [each.operation, each] as const))('%s', (_operation, members) => {
  const leaves = leafMembers(members.service, members.operation);

  test('each member of AWS’s model stands on exactly one list', () => {
    const counted = leaves.map((leaf) => [leaf, listsOf(members, leaf).map(({ list }) => list)] as const);
    expect(counted.filter(([, lists]) => lists.length !== 1)).toEqual([]);
  });

  test('every path on a list is one of the model', () => {
    const known = new Set(leaves.flatMap((leaf) => listsOf(members, leaf).map(({ path }) => path)));
    const paths = Object.values(members.lists).flatMap((list) => Object.keys(list));
    expect(paths.filter((path) => !known.has(path))).toEqual([]);
  });

  test('what has an effect is named by itself, not by the structure around it', () => {
    const named = [...Object.keys(members.lists.honoured), ...Object.keys(members.lists.checked)];
    expect(named.filter((path) => !leaves.includes(path))).toEqual([]);
  });
});

test('the page is current', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/local-cloud-members.md'), 'utf8');
  expect(page).toBe(membersPage());
});

type Creation = 'CreateEndpointConfig' | 'CreateModel';

const VARIANT: ProductionVariant = {
  ...{ VariantName: 'primary', ModelName: 'base', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
};
const CONTAINER = { Image: IMAGE, ModelDataUrl: 's3://bucket/base/model.tar.gz' };

/** An input that is taken, with the leaf set. */
function inputWith(operation: Creation, leaf: Leaf): Record<string, unknown> {
  const base =
    operation === 'CreateModel'
      ? {
          ...{ ModelName: 'tried', ExecutionRoleArn: ROLE },
          ...(leaf.path.startsWith('Containers') ? { Containers: [CONTAINER] } : { PrimaryContainer: CONTAINER }),
        }
      : {
          ...{ EndpointConfigName: 'tried', ProductionVariants: [VARIANT] },
          ...(leaf.path.startsWith('Shadow') && { ShadowProductionVariants: [{ ...VARIANT, VariantName: 'shadow' }] }),
        };
  return withLeaf(operation, base, leaf);
}

const leavesOn = (operation: Creation, list: keyof OperationMembers['lists']) =>
  leavesOf(operation).filter(({ path }) => {
    const member = path.replace(/(\[\]|\{\})$/, '');
    return listsOf(of(operation), member)[0]?.list === list;
  });

async function accountWithModel(): Promise<Account> {
  const account = new Account();
  await account.model('base');
  return account;
}

test.each(['CreateModel', 'CreateEndpointConfig'] as const)('what %s keeps is described', async (operation) => {
  const kept = leavesOn(operation, 'kept');
  expect(kept.length).toBeGreaterThan(5);
  for (const leaf of kept) {
    const account = await accountWithModel();
    const input = inputWith(operation, leaf);
    // Without an SDK client, which knows fewer members than AWS's model.
    const call = (name: string, given: Record<string, unknown>) =>
      account.hosting.call({ service: 'sagemaker', operation: name, input: given });
    await call(operation, input);
    const described = await (operation === 'CreateModel'
      ? call('DescribeModel', { ModelName: 'tried' })
      : call('DescribeEndpointConfig', { EndpointConfigName: 'tried' }));
    expect(described).toMatchObject(input);
  }
});

test('what is refused is refused, by name or when an endpoint is made', async () => {
  const refused = [
    ...leavesOn('CreateModel', 'refused').map((leaf) => ['CreateModel', leaf] as const),
    ...leavesOn('CreateEndpointConfig', 'refused').map((leaf) => ['CreateEndpointConfig', leaf] as const),
  ];
  for (const [operation, leaf] of refused) {
    const account = await accountWithModel();
    const input = inputWith(operation, leaf);
    const ModelName = operation === 'CreateModel' ? 'tried' : 'base';
    if (operation === 'CreateModel')
      await account.sagemaker.send(new CreateModelCommand(input as unknown as CreateModelCommandInput));
    const config = { EndpointConfigName: 'tried', ProductionVariants: [{ ...VARIANT, ModelName }] };
    await account.sagemaker.send(
      new CreateEndpointConfigCommand(operation === 'CreateModel' ? config : (input as never)),
    );
    const make = account.sagemaker.send(
      new CreateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'tried' }),
    );
    expect([leaf.path, (await failure(make))[0]]).toEqual([leaf.path, 'UnsupportedOperation']);
  }
  const account = new Account();
  await account.serving('iris', 'iris-1');
  const input = { EndpointName: 'iris', Body: '{}', InferenceComponentName: 'one' };
  expect((await failure(account.runtime.send(new InvokeEndpointCommand(input))))[0]).toBe('UnsupportedOperation');
});
