/**
 * CloudWatch's metrics of asynchronous endpoints, which have none of the invocations of others.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
 */

export interface AsyncPoint {
  readonly at: number;
  readonly name: string;
  readonly endpointName: string;
  /** Absent in metrics of the whole endpoint. */
  readonly variantName?: string | undefined;
  /** In metrics of the model, which are also published with the configuration. */
  readonly configName?: string;
  readonly value: number;
}

const MINUTE_MS = 60_000;
/** Of each endpoint, in minutes: a day. Older points go. */
const KEPT_MINUTES = 1_440;

export class AsyncMetrics {
  /** By endpoint and minute. */
  readonly #minutes = new Map<string, Map<number, AsyncPoint[]>>();

  record(point: AsyncPoint): void {
    const minutes = this.#minutes.get(point.endpointName) ?? new Map<number, AsyncPoint[]>();
    this.#minutes.set(point.endpointName, minutes);
    const minute = Math.floor(point.at / MINUTE_MS);
    const points = minutes.get(minute);
    if (points) return void points.push(point);
    minutes.set(minute, [point]);
    if (minutes.size > KEPT_MINUTES) minutes.delete(minutes.keys().next().value!);
  }

  /** Of a metric, which is known by its name and exactly its dimensions, from a moment on and before another. */
  values(name: string, dimensions: Readonly<Record<string, string>>, from: number, to: number): number[] {
    const minutes = this.#minutes.get(dimensions.EndpointName ?? '');
    if (!minutes) return [];
    const { EndpointName: _endpoint, VariantName, EndpointConfigName, ...others } = dimensions;
    if (Object.keys(others).length > 0) return [];
    const found: number[] = [];
    for (let minute = Math.floor(from / MINUTE_MS); minute <= Math.floor(to / MINUTE_MS); minute += 1)
      for (const point of minutes.get(minute) ?? [])
        if (
          point.name === name &&
          point.at >= from &&
          point.at < to &&
          point.variantName === VariantName &&
          (EndpointConfigName === undefined || point.configName === EndpointConfigName)
        )
          found.push(point.value);
    return found;
  }
}
