// The golden cases of a plan; [] where it has none.
import * as z from 'zod/mini';
import { type GoldenCase, GoldenCasesSchema } from '../../../../state-machine/contract/golden-cases.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import type { Documents } from '../../../ports/documents.ts';

export async function readCases(
  documents: Documents,
  { goldenCases }: Pick<Plan, 'goldenCases'>,
): Promise<GoldenCase[]> {
  return goldenCases === null ? [] : z.parse(GoldenCasesSchema, await documents.read(goldenCases)).cases;
}
