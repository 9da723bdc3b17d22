// Which models are tried before an instance exists, and what the outcome says of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_ARTIFACT } from '../../lambdas/core/archive/artifact-verdict.ts';
import { trialsOf } from '../../lambdas/core/archive/trials.ts';
import { archiveVerdict, trialWarnings, triedOf } from '../../lambdas/core/outcome/tried.ts';
import type { ArtifactOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import { type TrialOutput, TrialOutputSchema } from '../../state-machine/contract/trial.ts';
import { anEnd } from '../outcome/ends.ts';

const at = (key: string) => ({ bucket: 'models-bucket', key });
const request = (changes: Partial<RequestOutput> = {}): RequestOutput => ({ ...anEnd().request!, ...changes });
const { upload } = request();
const artifact = (changes: Partial<ArtifactOutput> = {}): ArtifactOutput => ({
  ...NO_ARTIFACT,
  ...{ sha256: 'a'.repeat(64), location: at('model'), goldenCases: at('golden'), archive: 'accepted' },
  ...changes,
});
const asked = { imageTag: 'src-full-1', goldenCases: null, accept: '' };
const said = (changes: Partial<TrialOutput>): TrialOutput => ({
  ...{ verdict: 'passed', problems: [], goldenCases: 1, untried: [], skipped: [], failure: null },
  ...changes,
});

describe('a new model is tried', () => {
  it('with the golden cases of its archive', () => {
    expect(trialsOf(request({ trial: asked }), artifact())).toEqual({
      trials: [{ ...asked, variantName: null, location: at('model'), goldenCases: at('golden') }],
    });
  });

  it('with those of the request before those of its archive, and with none where there are none', () => {
    const cases = (trial: typeof asked | { goldenCases: object }, of: ArtifactOutput) =>
      trialsOf(request({ trial: { ...asked, ...trial } as never }), of).trials?.map(({ goldenCases }) => goldenCases);
    expect(cases({ ...asked, goldenCases: at('asked') }, artifact())).toEqual([at('asked')]);
    expect(cases(asked, artifact({ goldenCases: null }))).toEqual([null]);
  });

  it('of each variant that has one', () => {
    const model = (variantName: string, changes: object) => ({
      ...{ variantName, upload, servedArtifactSha256: null, servableModelFiles: null, trial: asked },
      ...changes,
    });
    const stored = (variantName: string) => ({
      ...{ variantName, sha256: 'a'.repeat(64), location: at(variantName), goldenCases: null, inspected: null },
    });
    const models = [
      model('a', {}),
      model('b', { upload: null, servedArtifactSha256: 'b'.repeat(64) }),
      model('c', { trust: 'c'.repeat(64) }),
      model('d', { trial: undefined }),
    ];
    const variants = ['a', 'b', 'c', 'd'].map(stored);
    expect(trialsOf(request({ models }), artifact({ variants }))).toEqual({
      trials: [{ ...asked, variantName: 'a', location: at('a') }],
      notTried: [
        'Variant c: It may run code of its own, which nothing but its container runs.',
        'Variant d: Its image is not the serving image of this stack.',
      ],
    });
  });
});

describe('is not tried', () => {
  it.each([
    ['what served before', { upload: null, trial: asked }, undefined],
    ['an image of its own', {}, 'Its image is not the serving image of this stack.'],
    [
      'what may run code',
      { trial: asked, trust: 'a'.repeat(64) },
      'It may run code of its own, which nothing but its container runs.',
    ],
  ])('%s', (_name, changes, reason) => {
    expect(trialsOf(request(changes), artifact())).toEqual(reason === undefined ? {} : { notTried: [reason] });
  });
});

test('what the function may say is what the contract takes', () => {
  const file = join(import.meta.dirname, '../../serving-image/tests/trial-outputs.json');
  const rows = JSON.parse(readFileSync(file, 'utf8')) as { output: unknown }[];
  expect(rows.length).toBeGreaterThan(3);
  for (const { output } of rows) expect(TrialOutputSchema.parse(output)).toEqual(output);
});

describe('the outcome', () => {
  const end = (changes: Partial<ReturnType<typeof anEnd>>) => anEnd({ artifact: artifact(), ...changes });
  const failure = { Error: 'Sandbox.Timedout', Cause: 'Task timed out after 180.00 seconds' };
  const broken = 'The function ended with Sandbox.Timedout: Task timed out after 180.00 seconds';

  it.each<[string, Partial<ReturnType<typeof anEnd>>, object | null, string[]]>([
    ['passed', { trial: said({}) }, { verdict: 'passed', because: [] }, []],
    [
      'untried',
      { trial: said({ verdict: 'untried', untried: ['MemoryError'] }) },
      { verdict: 'untried', because: ['MemoryError'] },
      ['The model was not tried before it got an instance. MemoryError'],
    ],
    [
      'skipped',
      { trial: said({ verdict: 'skipped', skipped: ['No.'] }) },
      { verdict: 'skipped', because: ['No.'] },
      [],
    ],
    [
      'broken off',
      { trialFailure: failure },
      { verdict: 'untried', because: [broken] },
      [`The model was not tried before it got an instance. ${broken}`],
    ],
    ['not asked for', { artifact: artifact({ notTried: ['No.'] }) }, { verdict: 'skipped', because: ['No.'] }, []],
    [
      'passed in part',
      { trial: said({}), artifact: artifact({ notTried: ['Variant b: No.'] }) },
      { verdict: 'skipped', because: ['Variant b: No.'] },
      [],
    ],
    ['without a model', { artifact: NO_ARTIFACT }, null, []],
  ])('says how it was %s', (_name, changes, tried, warnings) => {
    expect(triedOf(end(changes))).toEqual(tried);
    expect(trialWarnings(end(changes))).toEqual(warnings);
  });

  it('calls an archive rejected whose model was refused, and none that was only not tried', () => {
    expect(archiveVerdict(end({ trial: said({ verdict: 'rejected' }) }))).toBe('rejected');
    expect(archiveVerdict(end({ trial: said({ verdict: 'untried' }) }))).toBe('accepted');
    expect(archiveVerdict(end({ trialFailure: failure }))).toBe('accepted');
    expect(archiveVerdict(end({ artifact: NO_ARTIFACT }))).toBeNull();
  });
});
