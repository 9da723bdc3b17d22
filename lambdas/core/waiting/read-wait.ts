// What AwaitChange is given, held to the table of waits.
import * as z from 'zod/mini';
import { type AnyWait, type WaitName, waitNames, waits } from '../../../state-machine/contract/waits.ts';

const TokenSchema = z.object({ wait: z.enum(waitNames as [WaitName, ...WaitName[]]), taskToken: z.string() });
const schemas = Object.fromEntries(waitNames.map((name) => [name, z.object(waits[name].reads)]));

/** @throws ZodMiniError, whose message names places and never values, where it is of a machine that knows other waits */
export function readWait(event: unknown): AnyWait {
  const { wait, taskToken } = z.parse(TokenSchema, event);
  return { wait, taskToken, ...z.parse(schemas[wait]!, event) } as AnyWait;
}
