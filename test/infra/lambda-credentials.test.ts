import { defaultProvider } from '../../infra/lambda-credentials.ts';

const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const before = NAMES.map((name) => [name, process.env[name]] as const);
const given = (...values: (string | undefined)[]) => {
  NAMES.forEach((name, index) => {
    if (values[index] === undefined) delete process.env[name];
    else process.env[name] = values[index];
  });
};
afterEach(() => given(...before.map(([, value]) => value)));

test('credentials are those of the environment, as they are at each look', async () => {
  const credentials = defaultProvider();
  given('key', 'secret', 'session');
  expect(await credentials()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' });
  given('key', 'secret');
  expect(await credentials()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
});

test('without them a call says so', async () => {
  given('key');
  await expect(defaultProvider()()).rejects.toThrow('AWS_SECRET_ACCESS_KEY');
});
