// The name of the image that the Dockerfile begins with, and the Debian that it is made of.

/** `python:3.13-slim-trixie` */
export function baseImage(dockerfile: string): string {
  const found = /^ARG PYTHON_IMAGE=(\S+)$/m.exec(dockerfile)?.[1];
  if (found === undefined) throw new Error('The Dockerfile has no line ARG PYTHON_IMAGE=...');
  return found;
}

/** `trixie` */
export function debianSuite(image: string): string {
  const found = /-slim-([a-z]+)$/.exec(image)?.[1];
  if (found === undefined) throw new Error(`${image} does not name its Debian: it should end in -slim-<suite>.`);
  return found;
}
