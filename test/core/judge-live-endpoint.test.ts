// Which endpoint may be rolled out to, and what its owner is told of one that may not.
import { judgeLiveEndpoint } from '../../lambdas/core/endpoint/judge-live-endpoint.ts';
import { STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { anEndpoint } from './an-endpoint.ts';

const ours = { [STACK_TAG]: 'Deployer' };
const HOURS = 3_600_000;
const judged = (status: Parameters<typeof anEndpoint>[0], tags = ours, waited = 0, reason: string | null = null) =>
  judgeLiveEndpoint(anEndpoint(status, 'old', null, reason), tags as Record<string, string>, 'Deployer', waited);
const refused = (Cause: string, name = 'RequestRejected') => ({ verdict: 'rejected', failure: { Error: name, Cause } });

test('one in service that is ours is usable, a busy one is waited for two hours', () => {
  expect(judged('InService')).toEqual({ verdict: 'usable' });
  const wait = { verdict: 'wait', waitSeconds: 300, reason: 'The endpoint iris is Updating.' };
  expect(judged('Updating', ours, 2 * HOURS)).toEqual(wait);
  expect(judged('Updating', ours, 2 * HOURS + 1)).toEqual(
    refused(
      'The endpoint iris has been Updating for 2 hours without this rollout. Nothing was changed; start it again when the endpoint is InService.',
      'EndpointBusy',
    ),
  );
});

test('one that is not ours is refused, busy or not, with what takes it over', () => {
  const takeOver =
    'Choose another name, or let Deployer take it over: aws sagemaker add-tags --resource-arn arn --tags Key=sagemaker-deployer:stack,Value=Deployer';
  const notOurs = 'The endpoint iris exists and is not managed by Deployer';
  expect(judged('Updating', {} as typeof ours)).toEqual(refused(`${notOurs}. ${takeOver}`));
  expect(judged('InService', { [STACK_TAG]: 'Other' })).toEqual(refused(`${notOurs} but by Other. ${takeOver}`));
});

test('one that is not in service is refused, with the reason that is known', () => {
  expect(judged('Failed', ours, 0, 'ping failed')).toEqual(
    refused(
      'The endpoint iris is Failed (ping failed), and an update that fails could not be taken back. A Failed endpoint can only be deleted: aws sagemaker delete-endpoint --endpoint-name iris. Then start this rollout again.',
    ),
  );
  expect(judged('OutOfService')).toEqual(
    refused(
      'The endpoint iris is OutOfService, and an update that fails could not be taken back. Bring it to InService first.',
    ),
  );
});
