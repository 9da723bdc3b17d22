// How MLServer is started: from two files of settings, with its scikit-learn runtime.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelFile, type Start, type StartCommand } from './peer.ts';

/** With `settings` beside those of the model. */
export const mlserver =
  (settings: Record<string, unknown>) =>
  ({ bin, port, sparePorts, workers, model, scratch }: Start): StartCommand => {
    writeFileSync(
      join(scratch, 'settings.json'),
      JSON.stringify({
        host: '127.0.0.1',
        http_port: port,
        grpc_port: sparePorts[0],
        metrics_port: sparePorts[1],
        parallel_workers: workers,
      }),
    );
    writeFileSync(
      join(scratch, 'model-settings.json'),
      JSON.stringify({
        name: 'model',
        implementation: 'mlserver_sklearn.SKLearnModel',
        parameters: { uri: modelFile(model) },
        ...settings,
      }),
    );
    return { command: [join(bin, 'mlserver'), 'start', '.'], directory: scratch };
  };
