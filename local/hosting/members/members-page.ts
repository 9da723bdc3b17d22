/** Writes docs/local-cloud-members.md: of each operation, member by member, what the simulator does with it. */

import { LISTS, leafMembers, listsOf, type OperationMembers } from './member-lists.ts';
import { OF_CREATE_ENDPOINT_CONFIG } from './of-endpoint-configs.ts';
import { OF_CREATE_ENDPOINT, OF_UPDATE_ENDPOINT, OF_UPDATE_WEIGHTS } from './of-endpoints.ts';
import { OF_INVOKE_ENDPOINT, OF_INVOKE_ENDPOINT_ASYNC } from './of-invocations.ts';
import { OF_CREATE_MODEL } from './of-models.ts';
import { OF_PUT_SCALING_POLICY, OF_PUT_SCHEDULED_ACTION, OF_REGISTER_SCALABLE_TARGET } from './of-scaling.ts';

export const ALL_MEMBERS: readonly OperationMembers[] = [
  ...[OF_CREATE_MODEL, OF_CREATE_ENDPOINT_CONFIG, OF_CREATE_ENDPOINT, OF_UPDATE_ENDPOINT, OF_UPDATE_WEIGHTS],
  ...[
    OF_INVOKE_ENDPOINT,
    OF_INVOKE_ENDPOINT_ASYNC,
    OF_REGISTER_SCALABLE_TARGET,
    OF_PUT_SCALING_POLICY,
    OF_PUT_SCHEDULED_ACTION,
  ],
];

const INTRODUCTION = `# What the local cloud does with each member

The hosting simulator takes what AWS's service model (botocore's) takes: a value of the wrong type, length, range, pattern or enumeration is refused in AWS's words, and so is a member that the model does not know. This page says what happens beyond that. It is written by \`npm run generate\` from the lists in [local/hosting/members/](../local/hosting/members/); a test holds them against the model, and each member stands on exactly one list.

`;

/** A structure that stands for all below it is one row. */
export function membersPage(): string {
  const lists = Object.entries(LISTS).map(([list, meaning]) => `- **${list}**: ${meaning}.\n`);
  return `${INTRODUCTION}${lists.join('')}${ALL_MEMBERS.map(section).join('')}`;
}

function section(of: OperationMembers): string {
  const rows = new Map<string, string>();
  for (const member of leafMembers(of.service, of.operation))
    for (const { list, path, note } of listsOf(of, member)) {
      const below = path === member ? '' : ', and all below it';
      rows.set(path, `| \`${path}\`${below} | ${list} | ${note.does ?? ''} | ${note.unverified ?? ''} |\n`);
    }
  const head = '| member | list | what it does here | not verified against AWS |\n|---|---|---|---|\n';
  return `\n## ${of.operation}\n\n${head}${[...rows.values()].join('')}`;
}
