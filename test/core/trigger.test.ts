// What may start a rollout, and what is told of anything else.
import fc from 'fast-check';
import { ACCEPTED_TRIGGERS, readTrigger } from '../../lambdas/core/request/trigger.ts';

const detail = { bucket: { name: 'bucket' }, object: { key: 'models/iris/v1/model.tar.gz' } };
const created = { source: 'aws.s3', 'detail-type': 'Object Created', detail };

test('an upload, an event of another service, and a request as it is', () => {
  expect(readTrigger(created)).toEqual({ kind: 'objectCreated', bucket: 'bucket', key: detail.object.key });
  const request = { endpointName: 'iris' };
  expect(readTrigger({ source: 'orders', 'detail-type': 'RolloutRequested', detail: request })).toEqual({
    ...{ kind: 'request', request },
  });
  expect(readTrigger(request)).toEqual({ kind: 'request', request });
  expect(readTrigger({ ...request, source: 'a person' })).toMatchObject({ kind: 'request' });
});

test.each<[string, unknown, RegExp]>([
  ['nothing', null, /not an object/],
  ['text', 'models/iris/v1/model.tar.gz', /not an object/],
  ['a list', [created], /not an object/],
  ['another event of S3', { ...created, 'detail-type': 'Object Deleted' }, /"Object Deleted"/],
  ["somebody else's event of that name", { ...created, source: 'orders' }, /"Object Created"/],
  ['a detail without its type', { detail }, /start no rollout/],
  ['a type without its detail', { 'detail-type': 'Object Created' }, /"Object Created"/],
  ['no detail', { ...created, detail: undefined }, /names no object/],
  ['no bucket', { ...created, detail: { object: detail.object } }, /names no object/],
  ['no object', { ...created, detail: { bucket: detail.bucket } }, /names no object/],
  ['a bucket whose name is no text', { ...created, detail: { ...detail, bucket: { name: 5 } } }, /names no object/],
  ['an object whose key is no text', { ...created, detail: { ...detail, object: { key: null } } }, /names no object/],
])('%s starts nothing, and is told so with what does', (_name, trigger, why) => {
  const read = readTrigger(trigger);
  expect(read).toEqual({ kind: 'unknown', problem: expect.stringMatching(why) });
});

test('what does start one is told besides, and both fit into a problem', () => {
  expect(ACCEPTED_TRIGGERS).toMatch(/RolloutRequested.*Object Created/);
  const longest = readTrigger({ 'detail-type': 'x'.repeat(100), detail: {} });
  expect(longest.kind === 'unknown' && `${longest.problem} ${ACCEPTED_TRIGGERS}`.length).toBeLessThan(500);
});

test('whatever comes in, an upload is read from nothing but an event of S3, and the problem is short', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        source: fc.constantFrom('aws.s3', 'orders'),
        'detail-type': fc.oneof(fc.constantFrom('Object Created', 'RolloutRequested'), fc.jsonValue()),
        detail: fc.oneof(fc.constant(detail), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(anything, (value) => {
      const read = readTrigger(value);
      if (read.kind === 'objectCreated') expect(value).toEqual(created);
      if (read.kind === 'unknown') expect(read.problem.length).toBeLessThan(500);
    }),
  );
});

test('a name of any length is told shortened', () => {
  const read = readTrigger({ 'detail-type': 'x'.repeat(10_000) });
  expect(read).toMatchObject({ kind: 'unknown', problem: expect.stringMatching(/^.{0,500}$/) });
});
