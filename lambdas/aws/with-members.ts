// Answers of SageMaker as they were sent: the SDK leaves out every member that it does not know, and some are younger than it.
import type { MiddlewareStack } from '@smithy/types';
import { isMembers, type Members } from '../core/endpoint/members.ts';

interface Command<Input extends object, Answer extends object> {
  readonly middlewareStack: Pick<MiddlewareStack<Input, Answer>, 'add'>;
}

/** The answer as the SDK reads it, and all of its members; without HTTP in between, what the SDK was given. */
export async function withMembers<Input extends object, Answer extends object>(
  command: Command<Input, Answer>,
  send: () => Promise<Answer>,
): Promise<Answer & { members: Members }> {
  let sent: unknown;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: unknown };
      const bytes = await bytesOf(response.body);
      if (response.statusCode === 200) sent = JSON.parse(bytes.toString('utf8'));
      response.body = bytes;
      return result;
    },
    // Next to the wire: what reads the answer comes after it.
    { step: 'deserialize', priority: 'low', name: 'keepMembers' },
  );
  const answer = await send();
  const { $metadata: _, ...known } = answer as Answer & { $metadata?: unknown };
  return { ...answer, members: isMembers(sent) ? sent : known };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
