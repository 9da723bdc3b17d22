// Which settings a rollout changes, from what to what: told in the plan, the outcome and the mail.
import type { KeptSettings, SettingChange } from '../../../state-machine/contract/kept-settings.ts';
import { canonicalJson } from '../naming/names.ts';
import { shortened } from '../problems/shortened.ts';

const MAXIMUM_VALUE = 100;

/** Settings, and the digest of the image, which changes without its name where a tag moves. */
export interface SetNow {
  settings: KeptSettings;
  imageDigest: string | null;
}

/** Every field that differs, in the order of their names. */
export function settingChanges(before: SetNow, after: SetNow): SettingChange[] {
  const [from, to] = [fieldsOf(before.settings), fieldsOf(after.settings)];
  const [image, digest] = [from.get('image'), before.imageDigest];
  if (image === to.get('image') && digest !== null && after.imageDigest !== null && digest !== after.imageDigest) {
    from.set('image', withDigest(image, digest));
    to.set('image', withDigest(image, after.imageDigest));
  }
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .filter((field) => from.get(field) !== to.get(field))
    .map((setting) => change(setting, from.get(setting), to.get(setting)));
}

const withDigest = (image: string | undefined, digest: string) => `${image ?? "the stack's image"}, ${digest}`;

/** Paths with their values as JSON. */
function fieldsOf({ variants = [], ...settings }: KeptSettings): Map<string, string> {
  const fields = new Map<string, string>();
  addFields(fields, '', settings);
  for (const { name, ...own } of variants) {
    fields.set(`variants.${name}`, '(listed)');
    addFields(fields, `variants.${name}.`, own);
  }
  return fields;
}

function addFields(fields: Map<string, string>, within: string, settings: object): void {
  for (const [key, value] of Object.entries(settings)) {
    if (isRecord(value)) addFields(fields, `${within}${key}.`, value);
    else fields.set(`${within}${key}`, canonicalJson(value));
  }
}

const isRecord = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Of all variants, or of one, whose name may be anything. */
const ENVIRONMENT = /^(variants\.[^.]+\.)?environment\./;

/** Values of the environment are secrets as likely as not: only that there is one is told. */
function change(setting: string, from: string | undefined, to: string | undefined): SettingChange {
  if (ENVIRONMENT.test(setting))
    return { setting, from: from === undefined ? null : '(a value)', to: changedTo(from, to) };
  const told = (value: string | undefined) => (value === undefined ? null : shortened(value, MAXIMUM_VALUE));
  return { setting: shortened(setting, MAXIMUM_VALUE), from: told(from), to: told(to) };
}

const changedTo = (from: string | undefined, to: string | undefined) =>
  to === undefined ? null : from === undefined ? '(a value)' : '(another value)';
