/**
 * How EventBridge brings events here: late, sometimes twice, sometimes never. No source states AWS's delays, so that these are
 * assumed; "multiple events for each state change" and events that are lost are AWS's own words:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html ("best effort")
 */

export interface DeliveryOptions {
  /** Half of all events take no longer. Default half a second. */
  readonly medianMs?: number;
  /** And 99 of 100 no longer than this. Default ten seconds. */
  readonly p99Ms?: number;
  /** The part that never comes. Default 0.01. */
  readonly lost?: number;
  /** The part that is sent once more, and the part that is sent a third time. */
  readonly again?: number;
}

/** The 99th percentile of the normal distribution, in standard deviations. */
const P99_DEVIATIONS = 2.3263;

/**
 * After how many milliseconds each copy of an event arrives; none: it is lost. Each is drawn for itself, from a log-normal
 * distribution, so that what happened later may arrive earlier.
 *
 * @param random draws in [0, 1)
 */
export function drawnDelivery(
  random: () => number,
  { medianMs = 500, p99Ms = 10_000, lost = 0.01, again = 0.2 }: DeliveryOptions = {},
): () => number[] {
  const deviation = Math.log(p99Ms / medianMs) / P99_DEVIATIONS;
  return () => {
    const copies = random() < again ? (random() < again ? 3 : 2) : 1;
    const delays: number[] = [];
    for (let copy = 0; copy < copies; copy++)
      if (random() >= lost) delays.push(Math.round(medianMs * Math.exp(deviation * normal(random))));
    return delays;
  };
}

/** Box and Muller's. */
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
