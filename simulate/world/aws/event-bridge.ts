// SageMaker's events of endpoints on the account's default bus, and the function that the stack's rule gives them to: late, twice
// or never, as they are drawn or as a scenario has them.
import type { EndpointEvent } from '../../../local/hosting/endpoint-event.ts';
import { drawnDelivery } from '../../../local/hosting/event-delivery.ts';
import type { Hosting } from '../../../local/hosting/hosting.ts';
import { seeded } from '../../../local/hosting/seeded.ts';
import type { Json } from '../../engine/asl.ts';
import type { VirtualTime } from '../../engine/virtual-time.ts';
import { ACCOUNT, REGION } from '../stack-names.ts';

/** After how many milliseconds each copy of the event is delivered; `nth`: how many were sent before it. None: it is lost. */
export type Delivery = (event: EndpointEvent, nth: number) => readonly number[];

/** What Lambda waits before it invokes a function again that failed: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const LAMBDA_RETRIES_MILLISECONDS = [60_000, 120_000];
const LEAST_PAUSE_MILLISECONDS = 1_000;
/** Its own stream of random numbers: how events come changes nothing else that is drawn. */
const OWN_STREAM = 0x5eed_e0e5;

export interface EventBridgeOptions {
  readonly time: VirtualTime;
  readonly hosting: () => Hosting;
  readonly seed: number;
  /** Invokes the target of the rule. */
  readonly invoke: (event: Json) => Promise<Json>;
}

export class EventBridge {
  delivery: Delivery;
  sent = 0;
  delivered = 0;
  readonly #options: EventBridgeOptions;
  #isMuted = false;
  #nextLook = Number.POSITIVE_INFINITY;

  constructor(options: EventBridgeOptions) {
    this.#options = options;
    this.delivery = drawnDelivery(seeded((options.seed ^ OWN_STREAM) >>> 0));
  }

  /** Takes an event of the hosting simulator. */
  readonly take = (event: EndpointEvent): void => {
    if (this.#isMuted) return;
    const { time } = this.#options;
    // Whatever changes by itself begins with an event.
    this.#lookAt(time.now);
    const nth = this.sent++;
    for (const delay of this.delivery(event, nth))
      time.at(event.at + delay, () => void this.#deliver(envelopeOf(event, nth)));
  };

  /** While an account is brought to where another one is, its past is told to nobody. */
  async mutedDuring(replay: () => Promise<void>): Promise<void> {
    this.#isMuted = true;
    await replay();
    this.#isMuted = false;
    this.#lookAt(this.#options.time.now);
  }

  /** Delivered once more where the target fails, as Lambda does; after that it is lost. */
  async #deliver(event: Json): Promise<void> {
    this.delivered += 1;
    const { invoke, time } = this.#options;
    for (const pause of [...LAMBDA_RETRIES_MILLISECONDS, null]) {
      const isDone = await invoke(event).then(
        () => true,
        () => false,
      );
      if (isDone || pause === null) return;
      await time.sleep(pause);
    }
  }

  /** Nobody need call SageMaker for time to pass there. */
  #lookAt(moment: number): void {
    if (moment >= this.#nextLook) return;
    this.#nextLook = moment;
    const { time, hosting } = this.#options;
    time.at(moment, () => {
      if (moment !== this.#nextLook) return;
      this.#nextLook = Number.POSITIVE_INFINITY;
      hosting().advance();
      const next = hosting().nextChange();
      // What is due and does not go on waits for something of its own.
      if (next !== null) this.#lookAt(next > time.now ? next : time.now + LEAST_PAUSE_MILLISECONDS);
    });
  }
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
const envelopeOf = ({ at, ...event }: EndpointEvent, nth: number): Json => ({
  ...{ version: '0', id: `event-${nth}`, account: ACCOUNT, region: REGION, time: new Date(at).toISOString() },
  ...(JSON.parse(JSON.stringify(event)) as { [key: string]: Json }),
});
