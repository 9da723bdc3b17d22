// The request as JSON Schema, for editors and for clients in other languages. Committed as `rollout-request.schema.json`.
import * as z from 'zod/mini';
import { RolloutRequestSchema } from './request.ts';

/** Draft 7, which editors understand best; pretty-printed, with a newline at its end. What has a default may be left out. */
export function requestJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(RolloutRequestSchema, { io: 'input', target: 'draft-7' });
  const title = 'Rollout request';
  const description =
    "A request to the deployer, and an endpoint's manifest, models/<endpoint>/rollout.json, which names no model.";
  return `${JSON.stringify({ $schema, title, description, ...schema }, null, 2)}\n`;
}
