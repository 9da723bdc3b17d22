// A description to test with.
import type { ModelDescription } from '../../state-machine/contract/model-description.ts';

export const aDescription = (changes: Partial<ModelDescription> = {}): ModelDescription => ({
  model: { name: 'model', sha256: 'a'.repeat(64) },
  columns: [{ name: 'age', type: 'number', mayBeMissing: false }],
  task: 'classification',
  example: { contentType: 'application/json', body: { instances: [[1.5]] } },
  exampleAnswered: true,
  ...changes,
});
