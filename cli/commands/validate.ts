// `validate`: says of a request or manifest everything that is wrong with it, without calling AWS.

import { problemsText, validateRequest } from '../../client/validate-request.ts';
import { exitStatus } from '../terminal/exit-status.ts';
import { type Report, reportDone } from '../terminal/report.ts';

export async function validate(file: string): Promise<Report> {
  const { problems } = await validateRequest(file);
  const json = { valid: problems.length === 0, problems };
  if (problems.length > 0) return { status: exitStatus.refused, text: problemsText(file, problems), json };
  return reportDone(`It is a valid request. The platform's own limits are checked when its rollout starts.`, json);
}
