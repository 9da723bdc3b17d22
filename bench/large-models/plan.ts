// What `bench -- large-models` measures: which models, how many rows at once, and who answers them.
import type { EnvironmentName } from '../serving/peer.ts';

/** By train_models.py's names. */
export const MODELS = [
  'forest-depth-12',
  'forest-full',
  'xgboost',
  'lightgbm',
  'histogram-boosting',
  'logistic-regression',
] as const;
export type ModelName = (typeof MODELS)[number];

export const ROW_COUNTS = [1, 100, 1000, 10_000] as const;
export type RowCount = (typeof ROW_COUNTS)[number];

/** The commit that the evaluator is compared with: the last before trees were packed for blocks of rows. */
export const TODAY = 'd1df763';

export interface Contestant {
  name: string;
  title: string;
  environment: EnvironmentName;
  /** What contestant.py calls it. */
  program: 'evaluator' | 'library' | 'treelite' | 'daal4py' | 'onnxruntime' | 'tl2cgen' | 'lleaves';
  /** Only with --all. */
  isExtra?: true;
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'ours', title: 'this evaluator', environment: 'serving', program: 'evaluator' },
  { name: 'today', title: `the evaluator of ${TODAY}`, environment: 'serving', program: 'evaluator' },
  { name: 'library', title: 'its own library', environment: 'large-models', program: 'library' },
  { name: 'treelite', title: 'treelite GTIL', environment: 'large-models', program: 'treelite' },
  { name: 'daal4py', title: 'daal4py', environment: 'large-models', program: 'daal4py' },
  { name: 'onnxruntime', title: 'ONNX Runtime, float32', environment: 'large-models', program: 'onnxruntime' },
  { name: 'tl2cgen', title: 'tl2cgen', environment: 'compiled-trees', program: 'tl2cgen', isExtra: true },
  { name: 'lleaves', title: 'lleaves', environment: 'compiled-trees', program: 'lleaves', isExtra: true },
];

export const HTTP_FORMATS = ['json', 'npy', 'csv'] as const;
export type HttpFormat = (typeof HTTP_FORMATS)[number];

/** Bodies of these are sent: one whose answer takes next to nothing, and one whose trees take most of the time. */
export const HTTP_MODELS: readonly ModelName[] = ['logistic-regression', 'forest-depth-12'];
export const HTTP_ROWS = 1000;
