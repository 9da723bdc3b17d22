// What uploads, manifests and requests of the situations say.
import { type Begin, canaryInvocations, requesting, uploading } from './bases.ts';
import { type EndName, ends, isOfBadModel } from './ends.ts';

const scaling = { minimum: 1, maximum: 8, target: 50, scaleInCooldownSeconds: 10, scaleOutCooldownSeconds: 10 };
export const settings = { canaryInvocations, scaling, tags: { owner: 'botany' } };
export const live = { ...settings, verification: 'live' };
/** Under SageMaker's guardrails: one of three instances first, watched by alarms; short waits, for each golden request is a call. */
export const guarded = (strategy: object) => ({
  ...{ ...live, alarms: { maximumErrorPercent: 10 } },
  strategy: { waitSeconds: 60, ...strategy },
});
export const canary = guarded({ type: 'canary', canaryPercent: 34, terminationWaitSeconds: 20 });
/** The same with the traffic in three steps of one instance each: to a second fleet, or as the instances are replaced. */
export const linear = guarded({ type: 'linear', stepPercent: 34, terminationWaitSeconds: 20 });
export const rolling = guarded({ type: 'rolling', batchPercent: 34 });
/** Another instance type: SageMaker takes it only while the variant is not scaled, so that its schedules go and come back. */
export const larger = { ...live, hosting: { type: 'realtime', instanceType: 'ml.c5.large' } };
/** Scaling ends with it, so that a rollback has to bring it back. */
export const unscaled = { scaling: 'none' };
export const wrongCases = [{ name: 'never', request: { body: {} }, expect: { status: 200, json: { number: -1 } } }];

export const BAD_MODEL = 3;
interface Upload {
  readonly number?: number;
  /** What the manifest says besides where the model is bad. */
  readonly ofBad?: object;
  /** Of several. */
  readonly variantName?: string;
}
/** The model of an upload: as the end needs it. */
export const uploads =
  (manifest: object, { number = 2, ofBad = {}, variantName }: Upload = {}) =>
  (end: EndName): Begin => {
    const isBad = isOfBadModel(end);
    const said = isBad ? { ...manifest, ...ofBad } : manifest;
    return uploading(ends[end].archive, isBad ? BAD_MODEL : number, said, variantName);
  };
/** The model that serves stays; what is wrong then are golden cases that it cannot answer. */
export const asking = (request: Record<string, unknown>) => (end: EndName) =>
  requesting(
    end === 'wrong'
      ? { ...request, ...unscaled, canaryInvocations: { ...canaryInvocations, cases: wrongCases } }
      : request,
  );
