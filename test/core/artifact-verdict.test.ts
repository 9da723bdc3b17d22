// The verdict on request and archive together, without reading either.
import {
  acceptedArtifact,
  isInspected,
  missingCases,
  needsCases,
  needsNoArtifact,
  rejectedArtifact,
} from '../../lambdas/core/archive/artifact-verdict.ts';
import type { ArtifactOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import { anEnd } from '../outcome/ends.ts';

const request: RequestOutput = anEnd().request!;
const wrong = [{ where: 'hosting.instanceType', message: 'p' }];
const reference = { bucket: 'bucket', key: 'k' };
const stored = { sha256: 's', location: reference, goldenCases: null };
const accepted = acceptedArtifact(request, stored);
const served: RequestOutput = { ...request, upload: null };

test('what was inspected is named, and the archive has a verdict of its own', () => {
  const { key, versionId } = request.upload!;
  expect(accepted).toMatchObject({
    verdict: 'accepted',
    ...stored,
    archive: 'accepted',
    inspected: { key, versionId },
  });
  expect(acceptedArtifact(served, stored)).toMatchObject({ archive: null, inspected: null });
  const rejected = rejectedArtifact(request, 'rollout-1', wrong, 's', 'accepted');
  expect(rejected).toMatchObject({ verdict: 'rejected', problems: wrong, sha256: 's', archive: 'accepted' });
  expect(rejected).toMatchObject({ location: null, failure: { Error: 'RequestRejected' } });
  expect(rejectedArtifact(served, 'rollout-1', wrong, null, 'rejected').archive).toBeNull();
});

test('an archive is not read twice', () => {
  const other = { ...request, upload: { ...request.upload!, versionId: 'v2' } };
  const table: [RequestOutput, ArtifactOutput | null, boolean][] = [
    [request, accepted, true],
    [request, null, false],
    [other, accepted, false],
    [served, accepted, false],
    [request, { ...accepted, verdict: 'rejected' }, false],
    [request, acceptedArtifact(served, stored), false],
    [{ ...request, problems: wrong }, accepted, false],
  ];
  for (const [asked, before, expected] of table) expect(isInspected(asked, before)).toBe(expected);
});

test.each([
  ['deploy', [], false],
  ['rollback', [], false],
  ['retireEndpoint', [], true],
  ['recover', [], true],
  ['retireEndpoint', wrong, false],
] as const)('an action without artifact: %s %j', (action, problems, expected) => {
  expect(needsNoArtifact({ ...request, action, problems: [...problems] })).toBe(expected);
});

const found = { problems: [], sha256: 's', hasGoldenCases: false };
test.each([
  ['they are required, and the archive has none', true, request, found, true],
  ['they are not required', false, request, found, false],
  ['the archive has some', true, request, { ...found, hasGoldenCases: true }, false],
  ['it was not read to its end', true, request, { ...found, sha256: null }, false],
  ['the request has problems', true, { ...request, document: null }, found, false],
  ['its cases are wrong', true, request, { ...found, problems: [{ where: 'golden.json', message: 'p' }] }, false],
  ['something else of it is wrong', true, request, { ...found, problems: wrong }, true],
])('golden cases of the request are needed: %s', (_, isRequired, asked, findings, expected) => {
  expect(needsCases(isRequired, asked, findings)).toBe(expected);
});

test('cases of the request are enough', () => {
  expect(missingCases(reference)).toEqual([]);
  expect(missingCases(null)).toMatchObject([{ where: 'canaryInvocations.cases' }]);
});
