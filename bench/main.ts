// `npm run bench -- <benchmark>`: measurements, each with its figures in docs/benchmarks.md.
import { Command } from 'commander';
import { controlPlane } from './control-plane.ts';
import { largeModels } from './large-models.ts';
import { refusal } from './refusal.ts';
import { serving } from './serving.ts';

await new Command('npm run bench --')
  .description('Measures the deployer against what people use otherwise, on this machine, without AWS.')
  .addCommand(controlPlane)
  .addCommand(refusal)
  .addCommand(serving)
  .addCommand(largeModels)
  .parseAsync();
