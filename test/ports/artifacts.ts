// Artifacts that lie among documents in memory.
import { artifactFolder } from '../../lambdas/core/naming/object-keys.ts';
import type { Artifacts } from '../../lambdas/ports/artifacts.ts';
import type { InMemoryDocuments } from './documents.ts';

export const inMemoryArtifacts = (documents: InMemoryDocuments): Artifacts => ({
  isThere: async ({ key }) => documents.at(key) !== undefined,
  list: async (endpointName) => documents.keys().filter((key) => key.startsWith(artifactFolder(endpointName))),
  remove: async (key) => documents.remove(key),
});
