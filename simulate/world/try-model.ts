// TryModel as the simulation has it: the function itself is Python. What it reads, what it says, and that it rejects nothing for a fault of its own.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { parseArtifactKey } from '../../lambdas/core/naming/object-keys.ts';
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import type { Trial, TrialOutput } from '../../state-machine/contract/trial.ts';
import { archiveOf } from './archives.ts';
import type { Clients } from './aws/clients.ts';

type Found = Pick<TrialOutput, 'problems' | 'untried' | 'goldenCases'>;

/** Its one client, which reads. */
export const tryModel =
  ({ s3 }: { s3: Clients['s3'] }): Task<'TryModel'> =>
  async ({ artifact: { trials = [] } }) => {
    const found: Found[] = [];
    for (const trial of trials) found.push(await tryOne(s3, trial));
    const problems = found.flatMap((each) => each.problems);
    const untried = found.flatMap((each) => each.untried);
    return {
      verdict: problems.length > 0 ? 'rejected' : untried.length > 0 ? 'untried' : 'passed',
      problems,
      goldenCases: found.reduce((sum, each) => sum + each.goldenCases, 0),
      ...{ untried, skipped: [] },
      failure: problems.length === 0 ? null : { Error: 'RequestRejected', Cause: 'The model cannot be served.' },
    };
  };

async function tryOne(s3: Clients['s3'], { location, goldenCases }: Trial): Promise<Found> {
  const read = ({ bucket, key }: DocumentRef) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  try {
    await read(location);
    if (goldenCases !== null) await read(goldenCases);
  } catch (error) {
    return { problems: [], untried: [(error as Error).message], goldenCases: 0 };
  }
  const refused = archiveOf(parseArtifactKey(location.key)?.sha256)?.kind === 'unloadable';
  const problems = refused ? [{ where: 'model', message: 'The model cannot be served.' }] : [];
  return { problems, untried: [], goldenCases: goldenCases === null || refused ? 0 : 1 };
}
