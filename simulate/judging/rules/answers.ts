// What becomes of the requests that wait in the queue of an asynchronous endpoint.
import type { Rule } from '../rule.ts';

export const everyRequestIsAnswered: Rule = {
  number: 19,
  name: 'everyRequestIsAnswered',
  text: 'A request that waits in the queue of an asynchronous endpoint ends with exactly one answer or failure, whatever becomes of a rollout meanwhile; only with the endpoint its queue goes.',
  broken: ({ customers }, { outsider }) => {
    if (customers === null || outsider) return [];
    const wrong = [...customers.answers()].filter(([, objects]) => objects !== 1);
    return wrong.map(([inferenceId, objects]) => `the request ${inferenceId} has ${objects} answers and failures`);
  },
};
