// What a training job writes below models/<endpoint>/ is an upload whose version is the job's name.
import { parseObjectKey } from '../../lambdas/core/naming/object-keys.ts';
import { AccountPorts } from '../ports/account-ports.ts';

const JOB = 'xgboost-2026-11-30-10-15-00-123';

test('its archive names endpoint and version', () => {
  expect(parseObjectKey(`models/iris/${JOB}/output/model.tar.gz`)).toEqual({
    kind: 'archive',
    endpointName: 'iris',
    variantName: null,
    version: JOB,
  });
});

test.each([
  [`models/iris/${JOB}/output/output.tar.gz`, /must be named model\.tar\.gz/],
  [`models/iris/${JOB}_2/outputs/model.tar.gz`, /cannot name a variant/],
  [`models/iris/${JOB}/output/output/model.tar.gz`, /too many folders/],
  [`models/Iris/${JOB}/output/model.tar.gz`, /"Iris" cannot name an endpoint/],
  ['models/iris//output/model.tar.gz', /"" cannot name a version/],
])('%s is none', (key, told) => {
  expect(parseObjectKey(key)).toEqual({ kind: 'neither', problem: expect.stringMatching(told) });
});

test('it is listed with the other uploads of its endpoint', async () => {
  const account = new AccountPorts();
  const own = [`models/iris/${JOB}/output/model.tar.gz`, 'models/iris/v1/model.tar.gz'];
  for (const key of [...own, `models/wine/${JOB}/output/model.tar.gz`, `models/iris/${JOB}/output/output.tar.gz`])
    account.upload(key, 'x');
  expect((await account.ports.uploads.listArchives('iris')).map(({ key }) => key).sort()).toEqual(own.sort());
});
