// What counts as a model's description: exactly our own document. What an image of its author's own answers is not ours to judge.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readDescription } from '../../lambdas/core/canary/model-description.ts';
import { MAXIMUM_DESCRIPTION_CHARACTERS } from '../../state-machine/contract/model-description.ts';
import { aDescription } from './a-description.ts';

const read = (body: unknown, status = 200) =>
  readDescription({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../serving-image/tests/described-models.json'), 'utf8'),
) as Record<string, object>;

test.each(Object.entries(recorded))('what the serving image says is one: %s', (_name, description) => {
  expect(read(description)).toEqual(description);
});

test.each([
  ['another status', aDescription(), 201],
  ['an error', { error: 'no' }, 400],
  ['no JSON', 'pong', 200],
  ['an empty answer', '', 200],
  ['predictions, as of every request', { predictions: [] }, 200],
  ['null', null, 200],
  ['a list of it', [aDescription()], 200],
  ['a key more', { ...aDescription(), version: 2 }, 200],
  ['a key more within', aDescription({ columns: [{ name: 'a', type: 'number', minimum: 1 }] } as never), 200],
  ['another type', aDescription({ columns: [{ name: 'a', type: 'image' }] } as never), 200],
  [
    'no columns',
    aDescription({ columns: [], example: { contentType: 'application/json', body: { instances: [[]] } } }),
    200,
  ],
  [
    'a row that is too short',
    aDescription({ example: { contentType: 'application/json', body: { instances: [[]] } } }),
    200,
  ],
  [
    'two rows',
    aDescription({ example: { contentType: 'application/json', body: { instances: [[1], [1]] } } } as never),
    200,
  ],
  [
    'cells that nest',
    aDescription({ example: { contentType: 'application/json', body: { instances: [[[1]]] } } } as never),
    200,
  ],
  ['another content type', aDescription({ example: { contentType: 'text/csv', body: '1' } } as never), 200],
  ['a digest that is none', aDescription({ model: { name: 'model', sha256: 'latest' } }), 200],
  ['more than is read', aDescription({ model: { name: 'x'.repeat(MAXIMUM_DESCRIPTION_CHARACTERS), sha256: '' } }), 200],
  ['depth', '['.repeat(500_000) + ']'.repeat(500_000), 200],
] as const)('%s is none', (_name, body, status) => {
  expect(read(body, status)).toBeNull();
});

test('each of its keys is needed, but those of a column that may be left out', () => {
  const description = aDescription();
  for (const key of Object.keys(description)) expect(read({ ...description, [key]: undefined })).toBeNull();
  expect(read(description)).toEqual(description);
});

test('whatever is answered, reading it ends', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom(0, 200, 500), (body, status) => {
      expect(read(body, status)).toBeNull();
    }),
  );
});

test('names that objects have by themselves are names like others', () => {
  const names = ['__proto__', 'constructor', 'toString'];
  const columns = names.map((name) => ({ name, type: 'number' as const }));
  const example = { contentType: 'application/json' as const, body: { instances: [[1, 2, 3]] as [number[]] } };
  expect(read(aDescription({ columns, example }))).toMatchObject({ columns });
  expect(read(`{"__proto__": 1, ${JSON.stringify(aDescription({ task: undefined } as never)).slice(1)}`)).toBeNull();
});
