/** What the containers answered, per endpoint, config and variant: the base of CloudWatch's endpoint metrics. */

/** How a serverless variant took a request. */
export interface ServerlessUse {
  /** 0 where it was warm. */
  readonly setupMs: number;
  /** Of MaxConcurrency, and of ProvisionedConcurrency, what is busy now; the second undefined where there is none. */
  readonly concurrency: number;
  readonly provisionedConcurrency: number | undefined;
}

export interface InvocationSample {
  readonly at: number;
  readonly endpointName: string;
  readonly configName: string;
  readonly variantName: string;
  /** The container's status; 0 when it did not answer in time. */
  readonly status: number;
  readonly latencyMs: number;
  /** Undefined of a variant on instances. */
  readonly serverless: ServerlessUse | undefined;
}

export interface VariantMetrics {
  readonly configName: string;
  readonly variantName: string;
  readonly invocations: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
  readonly latenciesMs: readonly number[];
}

/** Of each endpoint, in minutes: a day. Older samples go. */
const KEPT_MINUTES = 1_440;
const MINUTE_MS = 60_000;

export class InvocationMetrics {
  /** By endpoint and minute: alarms ask minute by minute. */
  readonly #minutes = new Map<string, Map<number, InvocationSample[]>>();

  record(sample: InvocationSample): void {
    const minutes = this.#minutes.get(sample.endpointName) ?? new Map<number, InvocationSample[]>();
    this.#minutes.set(sample.endpointName, minutes);
    const minute = Math.floor(sample.at / MINUTE_MS);
    const samples = minutes.get(minute);
    if (samples) return void samples.push(sample);
    minutes.set(minute, [sample]);
    if (minutes.size > KEPT_MINUTES) minutes.delete(Math.min(...minutes.keys()));
  }

  /** The samples of an endpoint from a moment on and before another. */
  samples(endpointName: string, from = -Infinity, to = Infinity): InvocationSample[] {
    const minutes = this.#minutes.get(endpointName) ?? new Map<number, InvocationSample[]>();
    const [first, last] = [Math.floor(from / MINUTE_MS), Math.floor(to / MINUTE_MS)];
    const span = last - first;
    const wanted =
      span < minutes.size
        ? Array.from({ length: span + 1 }, (_, index) => first + index)
        : [...minutes.keys()].filter((minute) => minute >= first && minute <= last);
    return wanted.flatMap((minute) => (minutes.get(minute) ?? []).filter(({ at }) => at >= from && at < to));
  }

  /** One entry per config and variant that was invoked since the given moment. */
  of(endpointName: string, since = -Infinity): VariantMetrics[] {
    const groups = Map.groupBy(
      this.samples(endpointName, since),
      ({ configName, variantName }) => `${configName}/${variantName}`,
    );
    return [...groups.values()].map((samples) => ({
      configName: samples[0]!.configName,
      variantName: samples[0]!.variantName,
      invocations: samples.length,
      errors4xx: samples.filter(({ status }) => status >= 400 && status < 500).length,
      errors5xx: samples.filter(({ status }) => status === 0 || status >= 500).length,
      latenciesMs: samples.map(({ latencyMs }) => latencyMs),
    }));
  }
}
