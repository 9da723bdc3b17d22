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

/** Enough for minutes of load; older samples go. */
const KEPT = 100_000;

export class InvocationMetrics {
  #samples: InvocationSample[] = [];

  record(sample: InvocationSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > 2 * KEPT) this.#samples = this.#samples.slice(-KEPT);
  }

  /** One entry per config and variant that was invoked since the given moment. */
  of(endpointName: string, since = -Infinity): VariantMetrics[] {
    const groups = new Map<string, InvocationSample[]>();
    for (const sample of this.#samples) {
      if (sample.endpointName !== endpointName || sample.at < since) continue;
      const key = `${sample.configName}/${sample.variantName}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key)!.push(sample);
    }
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
