/** What the simulator does with each member of an operation's input: each member of AWS's model stands on exactly one list. */

import { type Service, serviceModels, shapeOf } from '../service-model.ts';

export const LISTS = {
  honoured: 'changes what the simulator does, as on AWS',
  checked: 'refused where AWS refuses it; what is taken has no effect, or the one that is said',
  kept: 'described as it was given; no effect',
  ignored: 'taken, and forgotten',
  refused: 'nothing is run rather than something else: the call says so, or CreateEndpoint and UpdateEndpoint do',
} as const;
export type List = keyof typeof LISTS;

/** What there is to say of a member; `unverified` where it rests on no page of AWS. */
export interface Note {
  readonly does?: string;
  readonly unverified?: string;
}

/** By path: `VpcConfig.Subnets`, `Tags[].Key`. A structure stands for all members below it, but never on `honoured` or `checked`. */
export type Members = Readonly<Record<string, Note>>;

export interface OperationMembers {
  readonly service: Service;
  readonly operation: string;
  readonly lists: Readonly<Record<List, Members>>;
}

/** Members of which there is nothing more to say. */
export const plain = (paths: string): Members =>
  Object.fromEntries(
    paths
      .split(/\s+/)
      .filter(Boolean)
      .map((path) => [path, {}]),
  );

/** The same members below another one. */
export const below = (prefix: string, members: Members): Members =>
  Object.fromEntries(Object.entries(members).map(([path, note]) => [`${prefix}.${path}`, note]));

/** Every member of an operation's input that is no structure, nor a list of structures. */
export function leafMembers(service: Service, operation: string): string[] {
  return leavesOf(service, serviceModels[service].operations[operation]!.input, '');
}

function leavesOf(service: Service, name: string, path: string): string[] {
  const shape = shapeOf(service, name);
  if (shape.type === 'structure')
    return Object.entries(shape.members ?? {}).flatMap(([key, member]) =>
      leavesOf(service, member.shape, path === '' ? key : `${path}.${key}`),
    );
  if (shape.type === 'list' && shapeOf(service, shape.member!.shape).type === 'structure')
    return leavesOf(service, shape.member!.shape, `${path}[]`);
  return [path];
}

/** The lists on which a member stands, itself or with a structure around it, and what is said of it there. */
export function listsOf({ lists }: OperationMembers, member: string): { list: List; path: string; note: Note }[] {
  return (Object.keys(LISTS) as List[]).flatMap((list) =>
    Object.entries(lists[list])
      .filter(([path]) => path === member || member.startsWith(`${path}.`) || member.startsWith(`${path}[]`))
      .map(([path, note]) => ({ list, path, note })),
  );
}
