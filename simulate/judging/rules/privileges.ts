// What functions may do.
import type { Rule } from '../rule.ts';

export const leastPrivilege: Rule = {
  number: 10,
  name: 'leastPrivilege',
  text: 'Every function makes only the calls that its role grants.',
  broken: ({ stack }) =>
    stack.account.ungranted.map(({ by, service, operation }) => `${by.of.name} called ${service}:${operation}`),
};
