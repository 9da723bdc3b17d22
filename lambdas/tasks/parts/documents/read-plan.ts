// The plan behind a reference, checked.
import * as z from 'zod/mini';
import type { Planned } from '../../../../state-machine/contract/outputs.ts';
import { type Plan, PlanSchema } from '../../../../state-machine/contract/plan.ts';
import type { Documents } from '../../../ports/documents.ts';

export async function readPlan(documents: Documents, { document }: Planned): Promise<Plan> {
  return z.parse(PlanSchema, await documents.read(document));
}
