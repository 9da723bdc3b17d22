// Sends what containers print to the cloud's CloudWatch Logs, where SageMaker sends it:
// https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';

export interface Printed {
  endpointName: string;
  variantName: string;
  instanceId: string;
}

export interface ContainerLogSender {
  /** Returns at once; the line is in the log group of the endpoint within about a quarter of a second. */
  write(line: string, by: Printed): void;
  /** Sends what is waiting, and no more. */
  close(): Promise<void>;
}

/** PutLogEvents takes 1 MB at once, in UTF-8 and with 26 bytes for each event; a container that floods loses its oldest lines. */
const LIMITS = { lineCharacters: 2_000, linesAtOnce: 100, linesWaiting: 2_000 };
const SEND_EVERY_MS = 200;

interface Stream {
  logGroupName: string;
  logStreamName: string;
  waiting: { timestamp: number; message: string }[];
  made: boolean;
}

export function containerLogSender(client: CloudWatchLogsClient, now: () => number = Date.now): ContainerLogSender {
  const streams = new Map<string, Stream>();
  let sending = Promise.resolve();
  const send = () => {
    sending = sending.then(async () => {
      // A log that cannot be written stops no container.
      for (const stream of streams.values()) await sendStream(client, stream).catch(() => undefined);
    });
  };
  const timer = setInterval(send, SEND_EVERY_MS).unref();
  return {
    write(line, { endpointName, variantName, instanceId }) {
      const logGroupName = `/aws/sagemaker/Endpoints/${endpointName}`;
      const logStreamName = `${variantName}/${instanceId}`;
      const key = `${logGroupName}:${logStreamName}`;
      const stream = streams.get(key) ?? { logGroupName, logStreamName, waiting: [], made: false };
      streams.set(key, stream);
      // An event has at least one character.
      stream.waiting.push({ timestamp: now(), message: line.slice(0, LIMITS.lineCharacters) || ' ' });
      if (stream.waiting.length > LIMITS.linesWaiting) stream.waiting.shift();
    },
    async close() {
      clearInterval(timer);
      send();
      await sending;
    },
  };
}

async function sendStream(client: CloudWatchLogsClient, stream: Stream): Promise<void> {
  if (stream.waiting.length === 0) return;
  const { logGroupName, logStreamName } = stream;
  if (!stream.made) {
    await unlessThere(client.send(new CreateLogGroupCommand({ logGroupName })));
    await unlessThere(client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })));
    stream.made = true;
  }
  while (stream.waiting.length > 0) {
    const logEvents = stream.waiting.splice(0, LIMITS.linesAtOnce);
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  await made.catch((error: Error) => {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  });
}
