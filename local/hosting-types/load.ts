// Requests to an endpoint with two variants while their shares move and one of them gets a new model: none may fail, and each
// variant must get its share.
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { carryOut, type World } from './play.ts';
import type { Step } from './types.ts';

export interface Load {
  requests: number;
  failed: number;
  /** Of each phase in which the weights stood still: what the first variant got, and within which bounds it must be. */
  shares: { weights: string; requests: number; ofFirst: number; bounds: [number, number] }[];
}

/** One flower of each kind, and what it is. */
const FLOWERS = [
  [[5.1, 3.5, 1.4, 0.2], 'setosa'],
  [[6.7, 3.1, 4.4, 1.4], 'versicolor'],
  [[6.3, 3.3, 6.0, 2.5], 'virginica'],
] as const;

const CALLERS = 8;
/** Enough to meet every moment of a change, and little enough to leave it a processor. */
const PAUSE_MILLISECONDS = 10;
/** Two-sided, 99.9 %: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3671.htm */
const DEVIATIONS = 3.2905;

const weights = (primary: number, challenger: number): Step => ({
  request: () => ({
    variants: [
      { name: 'primary', weight: primary },
      { name: 'challenger', weight: challenger },
    ],
  }),
});

/** @param requests at least as many are sent, a sixth of them in each of three phases without a change */
export async function underLoad(
  world: World,
  endpointName: string,
  requests: number,
): Promise<Load & { problems: string[] }> {
  const traffic = new Traffic(world, endpointName);
  const problems: string[] = [];
  const shares: Load['shares'] = [];
  const change = async (step: Step) => {
    const outcome = await carryOut(world, endpointName, step);
    if (outcome.outcome !== 'deployed')
      problems.push(`${outcome.rolloutId} ended ${outcome.outcome}: ${outcome.cause}`);
  };
  const stand = async (primary: number, challenger: number) => {
    shares.push(await traffic.share(Math.ceil(requests / 6), primary, challenger));
  };
  // From whatever it had: 90/10, to 50/50 and back, and a new model of one.
  await change(weights(9, 1));
  const callers = traffic.start();
  await stand(9, 1);
  await change(weights(1, 1));
  await stand(1, 1);
  await change(weights(9, 1));
  await stand(9, 1);
  await change({ upload: 'gradient-boosting', version: 'v3', variantName: 'challenger' });
  while (traffic.sent < requests) await sleep(100);
  await callers.stop();
  if (traffic.failures.length > 0) problems.push(`${traffic.failures.length} requests failed: ${traffic.failures[0]}`);
  for (const { weights: told, ofFirst, bounds } of shares) {
    if (ofFirst < bounds[0] || ofFirst > bounds[1])
      problems.push(`at ${told} the first variant got ${ofFirst} of the requests, outside ${bounds.join(' to ')}`);
  }
  return { requests: traffic.sent, failed: traffic.failures.length, shares, problems };
}

class Traffic {
  readonly failures: string[] = [];
  sent = 0;
  readonly #world: World;
  readonly #endpointName: string;
  #counted: Record<string, number> = {};

  constructor(world: World, endpointName: string) {
    this.#world = world;
    this.#endpointName = endpointName;
  }

  start(): { stop(): Promise<void> } {
    let going = true;
    const caller = async () => {
      while (going) {
        await sleep(PAUSE_MILLISECONDS);
        await this.#ask(this.sent++);
      }
    };
    const callers = Array.from({ length: CALLERS }, caller);
    return {
      async stop() {
        going = false;
        await Promise.all(callers);
      },
    };
  }

  /** What the variant `primary` gets of the next `requests`. */
  async share(requests: number, primary: number, challenger: number): Promise<Load['shares'][number]> {
    this.#counted = {};
    const all = () => Object.values(this.#counted).reduce((sum, count) => sum + count, 0);
    while (all() < requests) await sleep(50);
    const [sum, expected] = [all(), primary / (primary + challenger)];
    const ofFirst = (this.#counted.primary ?? 0) / sum;
    const deviation = DEVIATIONS * Math.sqrt((expected * (1 - expected)) / sum);
    const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
    const bounds: [number, number] = [rounded(expected - deviation), rounded(expected + deviation)];
    return { weights: `${primary}/${challenger}`, requests: sum, ofFirst: rounded(ofFirst), bounds };
  }

  async #ask(index: number): Promise<void> {
    const [instance, kind] = FLOWERS[index % FLOWERS.length]!;
    const request = { EndpointName: this.#endpointName, ContentType: 'application/json' };
    try {
      const Body = JSON.stringify({ instances: [instance] });
      const answer = await this.#world.clients.runtime.send(new InvokeEndpointCommand({ ...request, Body }));
      const { predictions } = JSON.parse(answer.Body.transformToString()) as {
        predictions: { predicted_class: string }[];
      };
      if (predictions[0]?.predicted_class !== kind)
        this.failures.push(`a ${kind} was called ${predictions[0]?.predicted_class}`);
      const variant = answer.InvokedProductionVariant ?? '';
      this.#counted[variant] = (this.#counted[variant] ?? 0) + 1;
    } catch (error) {
      this.failures.push(String(error));
    }
  }
}
