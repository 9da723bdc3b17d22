// What started the execution: an upload's event, an event of another service, or a request as it is.

export type Trigger =
  | { kind: 'objectCreated'; bucket: string; key: string }
  | { kind: 'request'; request: unknown }
  | { kind: 'unknown'; problem: string };

/** What is told with the problem of an unknown trigger; apart, since most readers of triggers have nobody to tell. */
export const ACCEPTED_TRIGGERS =
  'Accepted are: a rollout request (an object, for example {"endpointName": "iris", "model": {"s3Uri": "s3://..."}}), ' +
  'an event of detail-type "RolloutRequested" whose detail is such a request, ' +
  'and the "Object Created" event of Amazon S3 from EventBridge.';

/** Of an S3 event only the name of the object is taken: the rest may be outdated by the time it arrives. */
export function readTrigger(trigger: unknown): Trigger {
  if (!isObject(trigger)) return unknown('The input is not an object.');
  const { source, 'detail-type': detailType, detail } = trigger;
  if (detailType === undefined && detail === undefined) return { kind: 'request', request: trigger };

  if (detailType === 'RolloutRequested') return { kind: 'request', request: detail };
  if (source === 'aws.s3' && detailType === 'Object Created') {
    const { bucket, object } = isObject(detail) ? detail : {};
    if (isObject(bucket) && isObject(object) && typeof bucket.name === 'string' && typeof object.key === 'string') {
      return { kind: 'objectCreated', bucket: bucket.name, key: object.key };
    }
    return unknown('The S3 event names no object.');
  }
  return unknown(`Events of detail-type ${JSON.stringify(detailType)?.slice(0, 60)} start no rollout.`);
}

const unknown = (why: string): Trigger => ({ kind: 'unknown', problem: why });

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
