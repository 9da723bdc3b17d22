// The stack's settings: defaults, and every problem at once.
import { stackSettings } from '../../infra/settings.ts';

it('has a default for everything', () => {
  expect(stackSettings()).toMatchObject({
    endpointNamePrefix: '',
    defaultInstanceType: 'ml.m5.large',
    maximumInstances: 10,
    requireGoldenCases: false,
    allowTrust: false,
  });
});

it('takes JSON text, as `cdk -c settings=` gives it', () => {
  expect(stackSettings('{"maximumInstances": 3}').maximumInstances).toBe(3);
  expect(() => stackSettings('{maximumInstances')).toThrow(/not JSON/);
});

it('names every problem at once', () => {
  const attempt = () =>
    stackSettings({
      endpointNamePrefix: 'Team',
      maximumInstances: 0,
      logRetentionDays: 8,
      notificationEmails: ['nobody'],
      maximumInstance: 3,
    });
  expect(attempt).toThrow(/maximumInstance"/);
  for (const key of ['endpointNamePrefix', 'maximumInstances', 'logRetentionDays', 'notificationEmails.0']) {
    expect(attempt).toThrow(new RegExp(`- ${key}: `));
  }
});

it.each([
  [{ defaultInstanceType: 'ml.p4d.24xlarge' }, /defaultInstanceType: ml\.p4d\.24xlarge must be one of/],
  [{ endpointNamePrefix: 'team-', defaultEndpointName: 'iris' }, /defaultEndpointName: iris must begin with/],
])('rejects %j', (settings, message) => {
  expect(() => stackSettings(settings)).toThrow(message);
});
