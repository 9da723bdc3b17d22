// Artifacts that lie among documents in memory.
import { artifactFolder } from '../../lambdas/core/naming/object-keys.ts';
import type { ArtifactStore } from '../../lambdas/ports/artifact-store.ts';
import type { InMemoryDocuments } from './documents.ts';

export const inMemoryArtifactStore = (documents: InMemoryDocuments): ArtifactStore => ({
  isThere: async ({ key }) => documents.at(key) !== undefined,
  list: async (endpointName) => documents.keys().filter((key) => key.startsWith(artifactFolder(endpointName))),
  remove: async (key) => documents.remove(key),
});
