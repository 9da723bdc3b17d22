// In service and settled is one state of an endpoint; in each of the others a look again is due.
import { isBusy, servesSettled } from '../../lambdas/core/endpoint/endpoint-status.ts';
import { anEndpoint, everyStatus } from './an-endpoint.ts';

test.each(everyStatus)('%s serves settled only on the right configuration, with nothing pending', (status) => {
  const settled = [
    anEndpoint(status, 'new'),
    anEndpoint(status, 'old'),
    anEndpoint(status, 'new', 'new'),
    anEndpoint(status, 'new', 'old'),
  ].map((endpoint) => servesSettled(endpoint, 'new'));
  expect(settled).toEqual([status === 'InService', false, false, false]);
});

test('changes are refused while SageMaker works on the endpoint', () => {
  const busy = everyStatus.filter((status) => isBusy(anEndpoint(status, 'new')));
  expect(busy).toEqual(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);
});
