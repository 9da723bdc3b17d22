// `validate`: says of a request or manifest everything that is wrong with it, without calling AWS.

import { problemsText, validateRequest } from '../../client/validate-request.ts';
import { paceText } from '../../lambdas/core/guardrails/pace-text.ts';
import { resolveStrategy } from '../../lambdas/core/request/resolve-strategy.ts';
import { exitStatus } from '../terminal/exit-status.ts';
import { type Report, reportDone } from '../terminal/report.ts';

/** So many that each step is as large as its percentage: of few instances the steps are larger, and fewer. */
const MANY_INSTANCES = 10_000;

export async function validate(file: string): Promise<Report> {
  const { request, problems } = await validateRequest(file);
  const json = { valid: problems.length === 0, problems };
  if (problems.length > 0) return { status: exitStatus.refused, text: problemsText(file, problems), json };
  const valid = `It is a valid request. The platform's own limits are checked when its rollout starts.`;
  const pace =
    request?.strategy === undefined
      ? null
      : paceText(resolveStrategy({ strategy: request.strategy }, 0).strategy, MANY_INSTANCES);
  return reportDone(pace === null ? valid : `${valid}\nHow an update moves its traffic: ${pace}.`, json);
}
