// What a model answered that was asked to describe itself: our own document, or nothing that counts.
import * as z from 'zod/mini';
import {
  MAXIMUM_DESCRIPTION_CHARACTERS,
  type ModelDescription,
  ModelDescriptionSchema,
} from '../../../state-machine/contract/model-description.ts';

/**
 * Null for whatever is not exactly a description: an image of its author's own knows nothing of `describe=true`, and may answer
 * it as it answers everything.
 */
export function readDescription({ status, body }: { status: number; body: string }): ModelDescription | null {
  if (status !== 200 || body.length > MAXIMUM_DESCRIPTION_CHARACTERS) return null;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const { success, data } = z.safeParse(ModelDescriptionSchema, json);
  if (!success) return null;
  const { columns, example } = data;
  return example.body.instances[0].length === columns.length ? data : null;
}
