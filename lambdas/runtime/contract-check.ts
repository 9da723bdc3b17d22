// Holds a task to the contract: what it is given and what it gives back, and the version that both are written in.
import type { MiddlewareObj } from '@middy/core';
import * as z from 'zod/mini';
import { type StepName, stateSchemas, steps } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION, FORWARD_VERSIONS, ROLLBACK_VERSIONS } from '../../state-machine/contract/version.ts';
import { RolloutError } from '../core/rollout-error.ts';

const VersionedSchema = z.object({ contractVersion: z.int() });

/**
 * Before the task: the payload becomes exactly what the step reads. After it: its value becomes exactly what the step
 * writes. Throws `ContractVersionUnsupported` where that is impossible; the message names places, never values.
 */
export function contractCheck(step: StepName): MiddlewareObj {
  const definition = steps[step];
  const versions = 'rollback' in definition ? ROLLBACK_VERSIONS : FORWARD_VERSIONS;
  const reads = z.object(definition.reads);
  /** An output that the machine's definition does not know yet is one that nobody has written: null, as the first state makes it. */
  const unwritten = Object.fromEntries(Object.keys(definition.reads).map((key) => [key, null]));
  const writes: z.core.$ZodType = stateSchemas[definition.writes];

  return {
    before: (request) => {
      const versioned = VersionedSchema.safeParse(request.event);
      const version = versioned.success ? versioned.data.contractVersion : null;
      if (version === null || !versions.includes(version)) {
        throw new RolloutError(
          'ContractVersionUnsupported',
          `${step} reads contract version ${versions.join(', ')} and was given ${version ?? 'data without a version'}. ` +
            'The stack was updated while this rollout ran: start the rollout again.',
        );
      }
      request.event = conforming(reads, { ...unwritten, ...(request.event as object) }, `What ${step} was given`);
    },
    after: (request) => {
      request.response = conforming(writes, request.response, `What ${step} returned`);
    },
  };
}

function conforming(schema: z.core.$ZodType, value: unknown, subject: string): unknown {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`);
  throw new RolloutError(
    'ContractVersionUnsupported',
    `${subject} is not of contract version ${CONTRACT_VERSION}: ${places.slice(0, 10).join('; ')}.`,
  );
}
