// Verifies an asynchronous endpoint: puts the golden cases into its queue, and looks for their answers until all are there; without
// cases, asks the model for a row of its own first.
import * as z from 'zod/mini';
import {
  DESCRIBE,
  type ModelDescription,
  ModelDescriptionSchema,
} from '../../../../state-machine/contract/model-description.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { answerIntervalSeconds } from '../../../core/canary/answer-interval.ts';
import { goldenRequest } from '../../../core/canary/golden-request.ts';
import {
  ASYNC_TIMES,
  type AsyncEnd,
  asResponse,
  judgeAsyncCases,
  judgeAsyncExample,
  LONGEST_ANSWER_SECONDS,
  MAXIMUM_BODY_BYTES,
  nothingToAsk,
  unanswered,
} from '../../../core/canary/judge-async.ts';
import { readDescription } from '../../../core/canary/model-description.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import type { AsyncInvocations, AsyncRequest } from '../../../ports/async-invocations.ts';
import type { Documents } from '../../../ports/documents.ts';
import { readCases } from '../documents/read-cases.ts';
import type { ServingPorts, Verified } from './confirm-serving.ts';
import type { Unanswered, Verification } from './verification.ts';
import { EXAMPLE_INFERENCE_ID_PREFIX, MAXIMUM_ANSWER_CHARACTERS } from './verify-by-example.ts';

export interface QueuePorts extends ServingPorts {
  documents: Documents;
  asyncInvocations: AsyncInvocations;
}

export type QueuedPlan = Pick<Plan, 'endpointName' | 'rolloutId' | 'goldenCases'> &
  Pick<Plan['request'], 'canaryInvocations'>;

/** Kept between the looks. */
const AskedSchema = z.object({
  what: z.enum(['cases', 'description', 'example']),
  submittedAt: z.string(),
  /** Null: it was too large to be asked. */
  requests: z.array(z.nullable(z.object({ outputLocation: z.string(), failureLocation: z.nullable(z.string()) }))),
  /** What the example was taken from. */
  description: z.nullable(ModelDescriptionSchema),
});
type Asked = z.infer<typeof AskedSchema>;
type Question = Pick<AsyncRequest, 'contentType' | 'body' | 'customAttributes'>;

export function verifyByQueue(ports: QueuePorts, target: Verified, plan: QueuedPlan): Verification {
  const { clock, documents } = ports;
  const { canaryInvocations: thresholds } = plan;

  async function ask(
    what: Asked['what'],
    questions: readonly Question[],
    description: ModelDescription | null = null,
  ): Promise<Unanswered> {
    const submittedAt = clock.now();
    const requests = await submit(ports, target, plan, `${what}-${submittedAt.getTime()}`, questions);
    const key = rolloutDocumentKey(plan.endpointName, plan.rolloutId, `asked-${target.endpointName}`);
    const asked: Asked = { what, submittedAt: submittedAt.toISOString(), requests, description };
    return { verdict: 'waiting', waitSeconds: answerIntervalSeconds(0), progress: await documents.write(key, asked) };
  }

  return {
    async begin() {
      const cases = await readCases(documents, plan);
      return cases.length === 0 ? ask('description', [TO_DESCRIBE]) : ask('cases', cases.map(goldenRequest));
    },
    async poll(progress) {
      const asked = z.parse(AskedSchema, await documents.read(progress));
      const ends = await collect(ports.asyncInvocations, asked);
      const waited = clock.now().getTime() - Date.parse(asked.submittedAt);
      if (ends.includes('none') && waited <= 1000 * LONGEST_ANSWER_SECONDS)
        return { verdict: 'waiting', waitSeconds: answerIntervalSeconds(waited), progress };

      const [end = 'none'] = ends;
      if (asked.what === 'cases') return judgeAsyncCases(await readCases(documents, plan), ends, thresholds);
      if (asked.description !== null) return judgeAsyncExample(asked.description, end, thresholds);
      if (typeof end === 'string') return unanswered('a description of what it takes');
      const description = readDescription(asResponse(end));
      if (description === null) return nothingToAsk(thresholds);
      const { contentType, body } = description.example;
      return ask('example', [{ contentType, body: JSON.stringify(body) }], description);
    },
  };
}

/** As of an endpoint that answers at once. */
const MAXIMUM_GOLDEN_ANSWER_BYTES = 64 * 1024;

/** No rows: an image that does not know the question has nothing to compute. */
const TO_DESCRIBE: Question = { contentType: 'application/json', body: '{"instances":[]}', customAttributes: DESCRIBE };

/** `attempt`: a function that is tried again asks anew, and looks for the answers to that alone. */
async function submit(
  { asyncInvocations }: QueuePorts,
  { endpointName }: Verified,
  { rolloutId: folder }: QueuedPlan,
  attempt: string,
  questions: readonly Question[],
): Promise<Asked['requests']> {
  const requests: Asked['requests'] = [];
  for (const [index, question] of questions.entries()) {
    const inferenceId = `${EXAMPLE_INFERENCE_ID_PREFIX}${attempt}-${index}`;
    const isTooLarge = Buffer.byteLength(question.body) > MAXIMUM_BODY_BYTES;
    requests.push(
      isTooLarge
        ? null
        : await asyncInvocations.submit(endpointName, { ...question, ...ASYNC_TIMES, inferenceId, folder }),
    );
  }
  return requests;
}

async function collect(asyncInvocations: AsyncInvocations, { what, requests }: Asked): Promise<AsyncEnd[]> {
  const maximumBytes = what === 'cases' ? MAXIMUM_GOLDEN_ANSWER_BYTES : MAXIMUM_ANSWER_CHARACTERS;
  const ends: AsyncEnd[] = [];
  for (const locations of requests)
    ends.push(locations === null ? 'tooLarge' : ((await asyncInvocations.collect(locations, maximumBytes)) ?? 'none'));
  return ends;
}
