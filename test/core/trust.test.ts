// Trust on its way into the plan: into the model's environment, and so into its name.

import { TRUST_VARIABLE } from '../../lambdas/core/archive/trust.ts';
import { makePlan } from '../../lambdas/core/planning/make-plan.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const contents = 'c'.repeat(64);

function planned(trustedContentsSha256?: string) {
  const sha256 = 'a'.repeat(64);
  return makePlan({
    rolloutId: 'rollout-1',
    stackName: 'deployer',
    request: aResolvedRequest({ environment: { GREETING: 'hello' } }),
    artifact: {
      sha256,
      location: { bucket: 'b', key: `artifacts/iris/${sha256}/model.tar.gz` },
      goldenCases: null,
      trustedContentsSha256,
    },
    ...{ before: null, set: null },
  }).models[0]!;
}

it('reaches the container as the digest of its files', () => {
  expect(planned(contents).environment).toEqual({ GREETING: 'hello', [TRUST_VARIABLE]: contents });
});

it('is not there where nobody gave it', () => {
  expect(planned().environment).toEqual({ GREETING: 'hello' });
});

it('makes another model of the same artifact, so that giving and taking it away are rollouts', () => {
  expect(planned(contents).name).not.toBe(planned().name);
});
