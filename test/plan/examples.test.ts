// The examples of docs/plan.md are executed: every command is planned, and what is printed looks like that.
import { program } from '../../cli/program.ts';
import { planText } from '../../cli/terminal/plan-words.ts';
import { readPrices } from '../../client/planning/plan-cost.ts';
import { blocks, read } from '../docs/markdown.ts';
import { PlannedStack } from './planned-account.ts';

const PAGE = read('docs/plan.md');
const commands = blocks(PAGE, 'bash').flatMap((block) => block.trim().split('\n'));
const variants = [{ name: 'champion' }, { name: 'challenger' }];
test.each(commands)('%s', async (command) => {
  const [file = '', ...rest] = command.replace('npm run cli -- plan ', '').split(' ');
  const flags = Object.fromEntries(rest.flatMap((word, at) => (at % 2 === 0 ? [[word.slice(2), rest[at + 1]!]] : [])));
  const known = program(() => {})
    .commands.find((each) => each.name() === 'plan')!
    .options.map(({ long }) => long);
  expect(known).toEqual(expect.arrayContaining(Object.keys(flags).map((flag) => `--${flag}`)));

  using stack = new PlannedStack();
  await stack.uploaded(1);
  const model = await stack.archiveFile('good', 2);
  const manifest = flags.variant === undefined ? { scaling: { maximum: 9 } } : { variants };
  const contents: Record<string, object> = {
    'request.json': { endpointName: 'iris', tags: { team: 'flowers' } },
    'rollout.json': manifest,
  };
  const local = (name: string) => (name === 'model.tar.gz' ? model : stack.file(name, JSON.stringify(contents[name])));
  const target = { ...flags, ...(flags.manifest !== undefined && { manifest: local(flags.manifest) }) };
  const plan = await stack.planFile(local(file), target);
  // Its challenger has no model of its own yet, and the champion none at all.
  if (flags.variant !== undefined) expect(plan.problems.map(({ where }) => where)).toEqual(['variants.0.model']);
  else expect(plan.verdict).toBe('proceed');
});

/** Names that end in a hash, and digests, by their kind alone; columns are as wide as they must be. */
const masked = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{64}|[0-9a-f]{4}\.\.\./g, '<sha256>')
    .replaceAll(/(?<=-[mc]-)[0-9a-f]{16}|\b[0-9a-f]{12}\b/g, '<hash>')
    .replaceAll(/ +/g, ' ');

test('what is printed of an update', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  const plan = await stack.planRequest({
    endpointName: 'iris',
    hosting: { type: 'realtime', instanceType: 'ml.c5.large', instanceCount: 2 },
    scaling: { minimum: 2, maximum: 8 },
  });
  const printed = PAGE.split('```\n').find((block) => block.startsWith('iris would be updated.'))!;
  expect(masked(planText(plan, null))).toBe(masked(printed.trim()));
});

const product = (instanceName: string, price: string, more: object = {}) =>
  JSON.stringify({
    product: {
      productFamily: 'ML Instance',
      attributes: { instanceName, component: 'Hosting', regionCode: 'eu-west-1', ...more },
    },
    terms: {
      OnDemand: {
        'SKU.TERM': { priceDimensions: { 'SKU.TERM.6YS6EN2CT7': { unit: 'Hrs', pricePerUnit: { USD: price } } } },
      },
    },
  });

test('prices of the Price List: of hosting and by the hour alone', async () => {
  using stack = new PlannedStack();
  const found = async (...PriceList: string[]) =>
    readPrices(stack.file('prices.json', JSON.stringify({ FormatVersion: 'aws_v1', PriceList })));
  const training = product('ml.m5.large', '7', { component: 'Training' });
  const perRequest = product('ml.m5.large', '9').replace('Hrs', 'Requests');
  expect(await found(product('ml.m5.large', '0.1150000000'), training, perRequest, 'no JSON')).toEqual({
    currency: 'USD',
    perHour: new Map([['ml.m5.large', 0.115]]),
  });
  await expect(found(training)).rejects.toThrow(/no price of an instance that hosts models\. Ask for one region/);
  const elsewhere = product('ml.m5.large', '0.2', { regionCode: 'us-east-1' });
  await expect(found(product('ml.m5.large', '0.1'), elsewhere)).rejects.toThrow(
    /several prices of ml\.m5\.large, 0\.1 and 0\.2 \(us-east-1\)/,
  );
});

test('prices', async () => {
  using stack = new PlannedStack();
  const [, example] = /`(\{ "currency".*?\})`/.exec(PAGE)!;
  expect(await readPrices(stack.file('prices.json', example!))).toEqual({
    currency: 'XTS',
    perHour: new Map([
      ['ml.m5.large', 1],
      ['ml.c5.large', 2.5],
    ]),
  });
});
