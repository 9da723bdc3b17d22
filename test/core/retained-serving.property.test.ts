// What serves is retained, whatever the ledger knows of it.
import fc from 'fast-check';
import { retainedReleases, supersededResources } from '../../lambdas/core/rollback/superseded-releases.ts';
import { aRelease, aVariant } from './a-variant.ts';

const names = fc.record({
  endpointConfigName: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
  modelName: fc.constantFrom('m1', 'm2', 'm3'),
  artifactSha256: fc.constantFrom('a1', 'a2'),
});

test('neither the configuration nor the model that serves is superseded, also where no release names them', () => {
  fc.assert(
    fc.property(fc.array(names, { maxLength: 8 }), names, fc.nat(3), (known, serving, count) => {
      const releases = known.map(({ endpointConfigName, modelName, artifactSha256 }) =>
        aRelease({ endpointConfigName, variants: [aVariant({ modelName, artifactSha256 })] }),
      );
      const live = { ...serving, modelNames: [serving.modelName], artifacts: [serving.artifactSha256] };
      const { endpointConfigs, models } = supersededResources(releases, retainedReleases(releases, live, count));
      expect(endpointConfigs).not.toContain(serving.endpointConfigName);
      expect(models).not.toContain(serving.modelName);
    }),
  );
});
