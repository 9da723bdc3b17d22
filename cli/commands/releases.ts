// `releases`: what was released to an endpoint, the newest first.
import { connect } from '../../client/client.ts';
import { type Report, reportDone } from '../terminal/report.ts';

export async function releases(endpointName: string, flags: { stack: string }): Promise<Report> {
  const deployer = await connect(flags.stack);
  const found = await deployer.releases(endpointName);
  const lines = found.map(
    ({ releasedAt, rolloutId, variants, upload }) =>
      `${releasedAt}  ${variants.map(({ artifactSha256 }) => artifactSha256.slice(0, 12)).join(', ')}  ${rolloutId}  ${upload?.key ?? '(no upload)'}`,
  );
  return reportDone(lines.join('\n') || `Nothing was released to ${endpointName} yet.`, { releases: found });
}
