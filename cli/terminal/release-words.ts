// What people know a release by.
import type { Release } from '../../state-machine/contract/release.ts';

const SHOWN_DIGITS = 12;

/** The beginning of its artifact's sha256; of several variants all, in their order. */
export const modelOf = ({ variants }: Release): string =>
  variants.map(({ artifactSha256 }) => artifactSha256.slice(0, SHOWN_DIGITS)).join(', ');

/**
 * The key of the upload that its model came from. A rollback and a change of settings have none of their own: it is that of the
 * release that brought the same model; null where that is not known any more.
 */
export function uploadOf(release: Release, releases: readonly Release[]): string | null {
  const from = [release, ...releases].find((each) => each.upload !== null && modelOf(each) === modelOf(release));
  return from?.upload?.key ?? null;
}
