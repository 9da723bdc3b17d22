// What a person wrote, and what of it is wrong: where, what was found, what is allowed.
import fc from 'fast-check';
import { bounded, check, parseJson, problem } from '../../lambdas/core/problems/problems.ts';
import { GoldenCasesSchema } from '../../state-machine/contract/golden-cases.ts';
import { MAXIMUM_PROBLEMS, MAXIMUM_PROBLEMS_BYTES, type Problem } from '../../state-machine/contract/problem.ts';
import { RolloutRequestSchema } from '../../state-machine/contract/request.ts';
import { codePoint } from '../setup/code-point.ts';

const problemsOf = (value: unknown) => check(RolloutRequestSchema, value).problems;

test.each<[unknown, string, RegExp]>([
  [{ hostin: {} }, 'hostin', /unknown\. Did you mean "hosting"\? Known here: .*endpointName/],
  [{ scaling: { minimun: 1 } }, 'scaling.minimun', /Did you mean "minimum"/],
  [{ hosting: { type: 'realtime', InstanceType: 'x' } }, 'hosting.InstanceType', /Did you mean "instanceType"/],
  [{ zzzzzzzzz: 1 }, 'zzzzzzzzz', /^This key is unknown\. Known here/],
  // Two edits are near, three are where the key is longer than eight.
  [{ hostimh: {} }, 'hostimh', /Did you mean "hosting"/],
  [{ hostxyz: {} }, 'hostxyz', /^This key is unknown\. Known here/],
  [{ dataCaptxyz: {} }, 'dataCaptxyz', /Did you mean "dataCapture"/],
  [{ dataCapwxyz: {} }, 'dataCapwxyz', /^This key is unknown\. Known here/],
  [{ environment: 5 }, 'environment', /^Found a number\./],
  [{ environment: 'x' }, 'environment', /^Found text of 1 characters\./],
  [{ scaling: 'x'.repeat(60) }, 'scaling', /^Found "x{60}"\./],
  [{ scaling: 'x'.repeat(61) }, 'scaling', /^Found text of 61 characters\./],
  [{ hosting: null }, 'hosting', /^Found null\./],
  [{ endpointName: { environment: { KEY: 'hunter2' } } }, 'endpointName', /^Found an object\./],
  [{ endpointName: 'Iris' }, 'endpointName', /Found "Iris"\. Allowed: .*lower-case letters/],
  [{ hosting: 5 }, 'hosting', /Found 5\. Allowed: an object/],
  [{ hosting: {} }, 'hosting.type', /missing\. Allowed: one of "realtime", "serverless", "async"/],
  [{ hosting: { type: 'realtme' } }, 'hosting.type', /Found "realtme"\. Allowed: one of "realtime"/],
  [
    { hosting: { type: 'serverless', memoryMegabytes: 5, maximumConcurrency: 1 } },
    'hosting.memoryMegabytes',
    /Found 5\. Allowed: one of 1024, 2048/,
  ],
  [
    { hosting: { type: 'realtime', instanceCount: 1.5 } },
    'hosting.instanceCount',
    /Found 1\.5\. .*whole number from 1/,
  ],
  [{ scaling: 'non' }, 'scaling', /Found "non"\. Allowed: "none", or an object with the keys "minimum"/],
  [{ scaling: { target: 0 } }, 'scaling.target', /Found 0\. Allowed: a number above 0/],
  [{ dataCapture: { samplingPercent: 101 } }, 'dataCapture.samplingPercent', /Found 101\. .*from 0 to 100/],
  [{ network: { isolation: 'yes' } }, 'network.isolation', /Found "yes"\. Allowed: true or false/],
  [{ model: {} }, 'model.s3Uri', /missing\. Allowed: .*s3:\/\/<the stack's bucket>/],
  [
    { environment: { '1A': 'x' } },
    'environment.1A',
    /name is not allowed\. Allowed: .*Letters, digits and underscores/,
  ],
  [{ tags: { 'aws:x': 'y' } }, 'tags.aws:x', /not beginning with aws:/],
  [{ correlationId: 'x'.repeat(200) }, 'correlationId', /Found text of 200 characters\. Allowed: text of 1 to 128/],
  [
    { canaryInvocations: { cases: [{ name: 'a', request: { body: 1 }, expect: { status: '5xx' } }] } },
    'canaryInvocations.cases.0.expect.status',
    /Found "5xx"\. Allowed: a whole number from 200 to 599, or "4xx"/,
  ],
  [
    { canaryInvocations: { cases: [] } },
    'canaryInvocations.cases',
    /Found a list of 0\. Allowed: a list of 1 to 100 entries/,
  ],
  [[], '(request)', /Found a list of 0\. Allowed: an object/],
  [null, '(request)', /Found null/],
  ['text', '(request)', /Found "text"/],
])('%j has a problem at %s', (value, where, message) => {
  expect(problemsOf(value)).toEqual([{ where, message: expect.stringMatching(message) }]);
});

test('all problems are found at once', () => {
  const value = { endpointName: 'A', hosting: { type: 'realtime', instanceCount: 0, x: 1 }, y: 1, z: 1, scaling: 5 };
  expect(
    problemsOf(value)
      .map(({ where }) => where)
      .sort(),
  ).toEqual(['endpointName', 'hosting.instanceCount', 'hosting.x', 'scaling', 'y', 'z'].sort());
});

test('a document is named before the place in it', () => {
  expect(check(GoldenCasesSchema, { cases: 1 }, 'golden.json').problems[0]?.where).toBe('golden.json: cases');
  expect(check(GoldenCasesSchema, 1, 'golden.json').problems[0]?.where).toBe('golden.json');
});

test('what is right comes back with its defaults', () => {
  const cases = [{ name: 'a', request: { body: 1 }, expect: { status: 200 } }];
  expect(check(GoldenCasesSchema, { cases })).toEqual({
    value: {
      cases: [
        { name: 'a', request: { contentType: 'application/json', body: 1 }, expect: { status: 200, tolerance: 0 } },
      ],
    },
    problems: [],
  });
});

test('no value of the environment is ever told, whatever shape it has', () => {
  const secret = 'hunter2';
  const leaf = fc.constantFrom<unknown>(secret, [secret], { deeper: secret }, `${secret}\n`, `${secret}`.repeat(200));
  const environment = fc.oneof(leaf, fc.dictionary(fc.string(), fc.oneof(leaf, fc.constant(20260722))));
  fc.assert(
    fc.property(environment, fc.constantFrom('environment', 'enviroment', 'Environment'), (value, key) => {
      const told = JSON.stringify(problemsOf({ [key]: value, endpointName: 'A' }));
      expect(told).not.toContain(secret);
      expect(told).not.toContain('20260722');
    }),
  );
});

test('whatever comes in, there is either a value or at least one problem, each within its bounds', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom('hosting', 'scaling', 'tags'), fc.anything())),
      (value) => {
        const checked = check(RolloutRequestSchema, value);
        expect(checked.value === null).toBe(checked.problems.length > 0);
        for (const { where, message } of checked.problems) {
          expect(where).not.toBe('');
          expect(where.length).toBeLessThanOrEqual(200);
          expect(message.length).toBeLessThanOrEqual(500);
        }
      },
    ),
  );
});

test('text that is not JSON is not quoted', () => {
  const { problems } = parseJson('{"environment": {"KEY": "hunter2", }}', 'models/iris/rollout.json');
  expect(problems).toEqual([
    { where: 'models/iris/rollout.json', message: expect.stringContaining('It is not JSON (line 1 column 36)') },
  ]);
  expect(JSON.stringify(parseJson('hunter2', 'd').problems)).not.toContain('hunter2');
  const of = (text: string) => parseJson(text, 'd').problems[0]?.message;
  expect(of(`${'\n'.repeat(11)}{"a": 1,}`)).toContain('It is not JSON (line 12 column 9). Write');
  expect(of('')).toBe('It is not JSON. Write one JSON object, in UTF-8.');
  expect(parseJson('{"a":1}', 'd')).toEqual({ value: { a: 1 }, problems: [] });
});

test('as many problems are kept as there is room for, in their order, and the rest is counted', () => {
  const bytes = (problems: Problem[]) => Buffer.byteLength(problems.map((each) => each.where + each.message).join(''));
  const aProblem = fc
    .record({ where: fc.string({ unit: codePoint, maxLength: 20 }), length: fc.constantFrom(0, 1, 60, 83, 500) })
    .map(({ where, length }) => problem(where.toWellFormed(), 'x'.repeat(length)));
  fc.assert(
    fc.property(fc.array(aProblem, { maxLength: 50, size: 'max' }), (all) => {
      const kept = bounded(all);
      if (all.length <= MAXIMUM_PROBLEMS && bytes(all) <= MAXIMUM_PROBLEMS_BYTES) return expect(kept).toEqual(all);
      const more = kept.pop();
      expect(kept).toEqual(all.slice(0, kept.length));
      expect(more).toEqual(problem('(more)', `${all.length - kept.length} more problems are not listed.`));
      expect(bytes(kept)).toBeLessThanOrEqual(MAXIMUM_PROBLEMS_BYTES);
      const isFull = kept.length === MAXIMUM_PROBLEMS - 1;
      expect(isFull || bytes(all.slice(0, kept.length + 1)) > MAXIMUM_PROBLEMS_BYTES).toBe(true);
    }),
  );
  // To the last byte and problem.
  for (const count of [MAXIMUM_PROBLEMS, MAXIMUM_PROBLEMS + 1]) {
    const all = Array.from({ length: count }, () => problem('p', 'x'.repeat(99)));
    expect(bounded(all)).toHaveLength(MAXIMUM_PROBLEMS);
    expect(bounded(all).at(-1)?.where).toBe(count === MAXIMUM_PROBLEMS ? 'p' : '(more)');
  }
  const tooLarge = Array.from({ length: MAXIMUM_PROBLEMS }, () => problem('pp', 'x'.repeat(99)));
  expect(bounded(tooLarge).at(-1)?.message).toBe('1 more problems are not listed.');
});
