// The trial of a model compares golden answers in Python, before an endpoint exists: both sides keep to one table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenMismatches } from '../../lambdas/core/canary/golden-match.ts';
import { goldenRequest } from '../../lambdas/core/canary/golden-request.ts';
import { type GoldenCase, GoldenCaseSchema } from '../../state-machine/contract/golden-cases.ts';

const table = <Row>(name: string): Row[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../serving-image/tests', `${name}.json`), 'utf8'));

test.each(table<{ expect: unknown; status: number; body: string; mismatches: string[] }>('golden-matches'))(
  '$expect against $body',
  ({ expect: expected, status, body, mismatches }) => {
    const goldenCase = GoldenCaseSchema.parse({ name: 'case', request: { body: null }, expect: expected });
    expect(goldenMismatches(goldenCase, { status, body })).toEqual(mismatches);
  },
);

test.each(table<Pick<GoldenCase, 'request'> & { sent: string }>('golden-requests'))('$request', ({ request, sent }) => {
  const { contentType, body } = goldenRequest({ name: 'case', request, expect: { status: 200, tolerance: 0 } });
  expect({ contentType, body }).toEqual({ contentType: request.contentType, body: sent });
});
