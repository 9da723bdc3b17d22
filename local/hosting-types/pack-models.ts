// Two models that know the same flowers: one trained as a random forest, one by gradient boosting.
import { join } from 'node:path';
import { trainAndPack } from '../first-run/train-and-pack.ts';
import { MODELS, type ModelName } from './types.ts';

/** @returns the paths of their archives, in folders of `directory` */
export async function packModels(directory: string, signal: AbortSignal): Promise<Record<ModelName, string>> {
  const packed = MODELS.map(async (model) => {
    const { file } = await trainAndPack(join(directory, model), signal, model);
    return [model, file] as const;
  });
  return Object.fromEntries(await Promise.all(packed)) as Record<ModelName, string>;
}
