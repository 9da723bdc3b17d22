// Everything that an image must do, in the order of the report.
import type { Check } from './check.ts';
import { confinement } from './checks/confinement.ts';
import { contents } from './checks/contents.ts';
import { lifeCycle } from './checks/life-cycle.ts';
import { models } from './checks/models.ts';
import { users } from './checks/users.ts';

export const CHECKS: readonly Check[] = [...contents, ...users, ...confinement, ...lifeCycle, ...models];
