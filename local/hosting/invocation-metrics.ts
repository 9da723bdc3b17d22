/** What the containers answered, per endpoint, config and variant: the base of CloudWatch's endpoint metrics. */

export interface InvocationSample {
  readonly at: number;
  readonly endpointName: string;
  readonly configName: string;
  readonly variantName: string;
  /** The container's status; 0 when it did not answer in time. */
  readonly status: number;
  readonly latencyMs: number;
}

export interface VariantMetrics {
  readonly configName: string;
  readonly variantName: string;
  readonly invocations: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
  readonly latenciesMs: readonly number[];
}

/** Of each endpoint: enough for minutes of load; older samples go. */
const KEPT = 100_000;

export class InvocationMetrics {
  readonly #samples = new Map<string, InvocationSample[]>();

  record(sample: InvocationSample): void {
    const samples = this.#samples.get(sample.endpointName) ?? [];
    samples.push(sample);
    this.#samples.set(sample.endpointName, samples.length > 2 * KEPT ? samples.slice(-KEPT) : samples);
  }

  /** The samples of an endpoint from a moment on and before another. */
  samples(endpointName: string, from = -Infinity, to = Infinity): InvocationSample[] {
    return (this.#samples.get(endpointName) ?? []).filter(({ at }) => at >= from && at < to);
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
