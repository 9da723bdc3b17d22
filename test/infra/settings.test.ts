// The stack's settings: defaults, and every problem at once.
import { stackSettings } from '../../infra/settings.ts';
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';

it('has a default for everything', () => {
  expect(stackSettings()).toMatchObject({
    endpointNamePrefix: '',
    defaultInstanceType: 'ml.m5.large',
    maximumInstances: 10,
    requireGoldenCases: false,
    allowTrust: false,
  });
});

it('waits before a recovery as long as a function may still run, unless another time is given', () => {
  expect(stackSettings().recoveryDelaySeconds).toBe(RECOVERY_DELAY_SECONDS);
  expect(stackSettings({ recoveryDelaySeconds: 5 }).recoveryDelaySeconds).toBe(5);
  for (const recoveryDelaySeconds of [0, 3601])
    expect(() => stackSettings({ recoveryDelaySeconds })).toThrow(/- recoveryDelaySeconds: /);
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
