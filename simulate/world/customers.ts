// People whose requests wait in the queue of an asynchronous endpoint while it changes: each must be answered, and once.
import { parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import type { JournalledCall } from './account.ts';
import { ENDPOINT } from './bases.ts';
import { CUSTOMER } from './queued-request.ts';
import type { SimulatedStack } from './simulated-stack.ts';

interface CustomerRequest {
  readonly inferenceId: string;
  readonly outputLocation: string;
  readonly failureLocation: string;
  /** The endpoint went with its queue, as somebody had asked: whoever waited then waits for nothing. */
  isGone: boolean;
}

/** How many ask before a rollout begins, and whenever the endpoint begins to change or is asked by a rollout. */
const AT_FIRST = 6;
const AT_EACH_CALL = 4;
const CALLS: readonly string[] = ['UpdateEndpoint', 'UpdateEndpointWeightsAndCapacities', 'InvokeEndpointAsync'];

export class Customers {
  /** Those that SageMaker took into the queue. */
  readonly requests: CustomerRequest[] = [];
  readonly #stack: SimulatedStack;
  /** Whether the endpoint was there before anybody began anything. */
  readonly #wasThere: boolean;
  #asked = 0;

  constructor(stack: SimulatedStack, wasThere: boolean) {
    this.#stack = stack;
    this.#wasThere = wasThere;
  }

  begin(): Promise<void> {
    return this.#ask(AT_FIRST);
  }

  /** A call of a function that took effect. */
  observe({ operation, input, by }: JournalledCall): void {
    if (input.EndpointName !== ENDPOINT) return;
    if (CALLS.includes(operation)) void this.#ask(AT_EACH_CALL);
    // What a rollout made, and takes back, was never deployed.
    else if (operation === 'DeleteEndpoint' && (!this.#wasThere || by.of.step === 'RetireEndpoint'))
      for (const request of this.requests) request.isGone = true;
  }

  async #ask(count: number): Promise<void> {
    for (let nth = 0; nth < count; nth++) {
      const InferenceId = `${CUSTOMER}${++this.#asked}`;
      const input = { EndpointName: ENDPOINT, InferenceId, ContentType: 'application/json', Body: Buffer.from('{}') };
      const call = { service: 'sagemaker-runtime', operation: 'InvokeEndpointAsync', input } as const;
      // Nobody can ask an endpoint that is not in service yet.
      const taken = await this.#stack.account.perform(call).catch(() => null);
      if (taken === null) continue;
      const { OutputLocation, FailureLocation } = taken as Record<'OutputLocation' | 'FailureLocation', string>;
      const locations = { outputLocation: OutputLocation, failureLocation: FailureLocation };
      this.requests.push({ inferenceId: InferenceId, ...locations, isGone: false });
    }
  }

  /** How many objects came for each request whose queue is still there, by its InferenceId. */
  answers(): Map<string, number> {
    const { objects } = this.#stack.account.s3;
    const at = (location: string) => objects.get(parseS3Uri(location)?.key ?? '')?.length ?? 0;
    const waiting = this.requests.filter(({ isGone }) => !isGone);
    return new Map(
      waiting.map((each) => [each.inferenceId, at(each.outputLocation) + at(each.failureLocation)] as const),
    );
  }
}
