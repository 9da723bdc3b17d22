// Calls of the hosting simulator without HTTP: inputs and outputs as the wire would leave them.
import type { Hosting } from '../../../local/hosting/hosting.ts';
import { type Service, serviceModels } from '../../../local/hosting/service-model.ts';

/** JSON 1.1 knows times as seconds since 1970, and no undefined members. */
export function asSent(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(asSent);
  const sent: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) sent[key] = asSent(member);
  return sent;
}

/** Answers are copied, so that nobody holds on to the simulator's own objects; times become dates where the model says so. */
function asAnswered(service: Service, shapeName: string, value: unknown): unknown {
  if (value === null || value === undefined || value instanceof Uint8Array) return value;
  const shape = serviceModels[service].shapes[shapeName]!;
  switch (shape.type) {
    case 'timestamp':
      // The wire keeps milliseconds.
      return value instanceof Date ? new Date(value.getTime()) : new Date(Math.round(Number(value) * 1000));
    case 'list':
      return (value as unknown[]).map((item) => asAnswered(service, shape.member!.shape, item));
    case 'map':
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, asAnswered(service, shape.value!.shape, item)]),
      );
    case 'structure': {
      const answered: Record<string, unknown> = {};
      for (const [key, member] of Object.entries(value)) {
        const reference = shape.members?.[key];
        if (reference !== undefined && member !== undefined && member !== null)
          answered[key] = asAnswered(service, reference.shape, member);
      }
      return answered;
    }
    default:
      return value;
  }
}

export async function callHosting(
  hosting: Hosting,
  service: Service,
  operation: string,
  input: Record<string, unknown>,
): Promise<object> {
  if (operation === 'InvokeEndpoint') return invoke(hosting, input);
  const output = await hosting.call({ service, operation, input: asSent(input) as Record<string, unknown> });
  const shape = serviceModels[service].operations[operation]?.output;
  return shape === undefined ? {} : (asAnswered(service, shape, output) as object);
}

/** Its body goes as it is, and comes as bytes that turn into text. */
async function invoke(hosting: Hosting, input: Record<string, unknown>): Promise<object> {
  const { Body, ...rest } = input;
  const bytes = typeof Body === 'string' ? Buffer.from(Body) : Body;
  const output = (await hosting.call({
    ...{ service: 'sagemaker-runtime' as const, operation: 'InvokeEndpoint' },
    input: { ...(asSent(rest) as object), Body: bytes },
  })) as { Body: Uint8Array };
  const answer = Buffer.from(output.Body);
  return {
    ...output,
    $metadata: { httpStatusCode: 200 },
    Body: Object.assign(new Uint8Array(answer), { transformToString: () => answer.toString('utf8') }),
  };
}
