// Which of the accepted models are tried before an instance exists, and why the others are not.
import type { ArtifactOutput, RequestOutput } from '../../../state-machine/contract/outputs.ts';
import type { Trial, TrialRequest } from '../../../state-machine/contract/trial.ts';

/** One model that was read from an upload. */
interface ReadModel {
  variantName: string | null;
  location: Trial['location'];
  goldenCases: Trial['goldenCases'];
  trust: string | undefined;
  asked: TrialRequest | undefined;
}

/** Of an artifact that is accepted; what served before is not tried again. */
export function trialsOf(
  request: RequestOutput,
  artifact: ArtifactOutput,
): Pick<ArtifactOutput, 'trials' | 'notTried'> {
  const trials: Trial[] = [];
  const notTried: string[] = [];
  for (const { variantName, location, goldenCases, trust, asked } of readModels(request, artifact)) {
    const reason = whyNot(asked, trust);
    if (reason !== null) notTried.push(variantName === null ? reason : `Variant ${variantName}: ${reason}`);
    else if (asked !== undefined)
      // Those of the request go before those of the archive, as in the plan.
      trials.push({ ...asked, variantName, location, goldenCases: asked.goldenCases ?? goldenCases });
  }
  return { ...(trials.length > 0 && { trials }), ...(notTried.length > 0 && { notTried }) };
}

function whyNot(asked: TrialRequest | undefined, trust: string | undefined): string | null {
  if (trust !== undefined) return 'It may run code of its own, which nothing but its container runs.';
  return asked === undefined ? 'Its image is not the serving image of this stack.' : null;
}

function readModels(request: RequestOutput, { location, goldenCases, variants }: ArtifactOutput): ReadModel[] {
  if (request.models === undefined) {
    const { upload, trust, trial: asked } = request;
    return upload === null || location === null ? [] : [{ variantName: null, location, goldenCases, trust, asked }];
  }
  return request.models.flatMap(({ variantName, upload, trust, trial: asked }) => {
    const stored = variants?.find((each) => each.variantName === variantName);
    if (upload === null || stored === undefined) return [];
    return [{ variantName, location: stored.location, goldenCases: stored.goldenCases, trust, asked }];
  });
}
