// Makes the hosting of the local cloud: the simulator on real time, with processes of the serving image's code behind it.
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { drawnDelivery } from '../hosting/event-delivery.ts';
import { Hosting } from '../hosting/hosting.ts';
import { ProcessFleet } from '../hosting/process-fleet.ts';
import { seeded } from '../hosting/seeded.ts';
import { KmsKeys } from '../ministack/kms-keys.ts';
import { ministackClients } from '../ministack/ministack-clients.ts';
import { advanceInTime } from './advance-in-time.ts';
import { asyncStore } from './async-store.ts';
import { containerLogSender } from './container-log-sender.ts';
import { alarmStates, endpointAlarms } from './endpoint-alarms.ts';
import { endpointEventSender } from './endpoint-event-sender.ts';
import { executionRoles, type RequiredOfRole } from './execution-roles.ts';

const SERVING_IMAGE = join(import.meta.dirname, '..', '..', 'serving-image');
const ENVIRONMENTS = join(import.meta.dirname, '..', '..', '.venv');

/** Ends the server with this process, also when that is killed. */
const RUN_MODULE = join(import.meta.dirname, '..', 'process', 'run_module.py');

export interface StartHostingOptions {
  /** Where the models are read from, as SageMaker does: not by a call of the account that the gateway would record. */
  ministackPort: number;
  region: string;
  /** What lets it send events to MiniStack's EventBridge as SageMaker. */
  sageMakerSecret: string;
  /** After how many milliseconds each copy of an event arrives; none: it is lost. Default: as it is drawn. */
  eventDelivery?: () => readonly number[];
  /** Gets `containers.log`, every line that a container prints. */
  directory: string;
  /** How long creating or updating an endpoint takes; everything else takes a third. */
  provisioningSeconds: number;
  /** The simulator's clock. Default: the real one. */
  now?: () => number;
  /** What the execution role needs for networks and keys. Default: nothing is asked of it. */
  requiredOfRole?: RequiredOfRole;
}

/** The simulator itself, for tests that plan faultPlan, and `stop`. */
export type LocalHosting = ReturnType<typeof startHosting>;

/** With onnxruntime, as the image has it, where that was prepared: it is in half a gigabyte that most runs do not need. */
function pythonOfServers(): string {
  const isPrepared = existsSync(join(ENVIRONMENTS, 'formats', '.prepared'));
  return join(ENVIRONMENTS, isPrepared ? 'formats' : 'serving', 'bin', 'python');
}

/** Seconds on AWS: here only so long that it can be seen. */
const COLD_START_MILLISECONDS = 500;

export function startHosting(options: StartHostingOptions) {
  const { ministackPort, region, directory, provisioningSeconds, requiredOfRole } = options;
  const { cloudwatch, eventBridge, iam, lambda, logs, s3, sns } = ministackClients(ministackPort);
  const keys = new KmsKeys(ministackPort, region);
  const roles = executionRoles({ iam, s3, keys, region, requiredOfRole });
  const sender = containerLogSender(logs);
  const log = createWriteStream(join(directory, 'containers.log'), { flags: 'a' });
  const events = endpointEventSender(eventBridge, {
    secret: options.sageMakerSecret,
    delivery: options.eventDelivery ?? drawnDelivery(seeded(1)),
    lost: (why) => log.write(`an event was lost: ${why}\n`),
  });
  const hosting = new Hosting({
    now: options.now,
    onEvent: events.send,
    fleet: new ProcessFleet({
      s3,
      command: [pythonOfServers(), RUN_MODULE, 'inference_server', 'serve'],
      cwd: SERVING_IMAGE,
      // As the Dockerfile sets them.
      environment: {
        HOME: directory,
        JOBLIB_MULTIPROCESSING: '0',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
        // Not one for each processor: all endpoints share this machine.
        SAGEMAKER_MODEL_SERVER_WORKERS: '1',
      },
      log: (line, { endpointName, variantName }, instanceId) => {
        log.write(`${endpointName}/${variantName} ${line}\n`);
        sender.write(line, { endpointName, variantName, instanceId });
      },
    }),
    provisioning: ({ change }) => 1000 * (change === 'create' || change === 'update' ? 1 : 1 / 3) * provisioningSeconds,
    serverless: { coldStartMs: COLD_START_MILLISECONDS },
    modelDataExists: roles.modelDataExists,
    obstacleTo: roles.obstacleTo,
    asyncStore: asyncStore({ s3, sns, obstacle: roles.obstacle }),
    capture: (file) =>
      roles.writeCapture(file).catch((error: Error) => {
        log.write(`captured data was lost: ${error.message}\n`);
      }),
    alarmState: alarmStates(cloudwatch),
  });
  const endTime = advanceInTime(hosting, options.now);
  return Object.assign(hosting, {
    cloudwatch: endpointAlarms(hosting, cloudwatch),
    async stop() {
      endTime();
      events.close();
      await hosting.close();
      await sender.close();
      for (const client of [cloudwatch, eventBridge, iam, lambda, logs, s3, sns]) client.destroy();
      keys.close();
      log.end();
    },
  });
}
