// What a golden case sends, and which cases an endpoint may be sent again and again.
import { goldenRequest, isPositive } from '../../lambdas/core/canary/golden-request.ts';

const sent = (contentType: string, body: unknown) =>
  goldenRequest({ name: 'case', request: { contentType, body }, expect: { status: 200, tolerance: 0 } });

test.each([
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/vnd.model+json',
  'application/vnd.model.v2+json;v=1',
])('as %s every body goes as JSON, text too', (contentType) => {
  expect(sent(contentType, { rows: [1] })).toEqual({ contentType, body: '{"rows":[1]}' });
  expect(sent(contentType, 'text')).toEqual({ contentType, body: '"text"' });
});

test.each([
  'text/csv',
  'application/jsonlines',
  'application/xml',
  'application/vnd.modeljson',
  'text/x; of=application/json',
])('as %s text goes as it is, and anything else as JSON', (contentType) => {
  expect(sent(contentType, '5.1,3.5\n')).toEqual({ contentType, body: '5.1,3.5\n' });
  expect(sent(contentType, [5.1, 3.5])).toEqual({ contentType, body: '[5.1,3.5]' });
});

test('what has to fail is no traffic to judge a fleet by', () => {
  const positive = ([200, 201, 399, 400, 422, 500, '4xx'] as const).filter((status) =>
    isPositive({ name: 'case', request: { contentType: 'x', body: '' }, expect: { status, tolerance: 0 } }),
  );
  expect(positive).toEqual([200, 201, 399]);
});
