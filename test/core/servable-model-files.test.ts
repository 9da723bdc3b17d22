// What the deployer accepts is what its image serves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelProblem } from '../../lambdas/core/archive/model-files.ts';
import { SERVABLE_MODEL_FILES } from '../../lambdas/core/archive/servable-model-files.ts';

it('are those that the server loads', () => {
  const source = readFileSync(join(import.meta.dirname, '../../serving-image/inference_server/load_model.py'), 'utf8');
  const listed = (name: string) => new RegExp(`^${name} = \\((.*?)\\)$`, 'ms').exec(source)![1]!;
  const names = [...`${listed('PICKLES')}, ${listed('MODEL_FILES')}`.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  expect([...SERVABLE_MODEL_FILES]).toEqual(names);
});

it.each([
  ['iris.onnx', 'model.onnx'],
  ['iris.UBJ', 'model.ubj'],
  ['iris.lgb', 'model.lgb.txt'],
  ['iris.cbm', 'model.cbm'],
  ['iris.skops', 'model.skops'],
  ['iris.pickle', 'model.pkl'],
  ['iris.joblib', 'model.joblib'],
])('%s has to be called %s', (file, name) => {
  expect(modelProblem([file], SERVABLE_MODEL_FILES)!.message).toMatch(`Name it ${name}.`);
  expect(modelProblem([name], SERVABLE_MODEL_FILES)).toBeNull();
});
