// One thing that an image must do: a name, and what is wrong when it does not.
import { goldenMismatches } from '../../lambdas/core/canary/golden-match.ts';
import { Container, type ContainerOptions } from './container.ts';
import type { Engine } from './engine.ts';
import type { ImageConfig } from './image-config.ts';
import type { Models } from './models.ts';

export type Target = 'lite' | 'full';

export interface Subject {
  engine: Engine;
  target: Target;
  image: string;
  config: ImageConfig;
  models: Models;
}

export interface Check {
  name: string;
  /** Default: both. */
  target?: Target;
  /** Empty: passed. What is thrown is a problem, too. */
  run(subject: Subject): Promise<string[]>;
}

/** A container for the length of one check. */
export async function inContainer(
  { engine, image, models }: Subject,
  options: Partial<ContainerOptions>,
  look: (container: Container) => Promise<string[]>,
): Promise<string[]> {
  const container = await Container.start(engine, image, { modelDirectory: models.covered, ...options });
  try {
    return await look(container);
  } finally {
    await container.remove();
  }
}

export const whenReady = (look: (container: Container) => Promise<string[]>) => async (container: Container) => {
  await container.untilReady();
  return look(container);
};

export async function goldenProblems(container: Container, { goldenCases }: Models): Promise<string[]> {
  const questions = goldenCases.map(({ request: { body, contentType } }) => ({
    path: '/invocations',
    contentType,
    body: typeof body === 'string' && !contentType.includes('json') ? body : JSON.stringify(body),
  }));
  const answers = await container.ask(questions);
  return goldenCases.flatMap((golden, index) => {
    const answer = answers[index];
    const wrong = answer === undefined ? ['no answer'] : goldenMismatches(golden, answer);
    return wrong.map((problem) => `${golden.name}: ${problem}`);
  });
}
