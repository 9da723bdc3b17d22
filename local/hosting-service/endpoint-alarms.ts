// CloudWatch of the local cloud, as far as endpoints go: their metrics and alarms on them are the simulator's, the rest MiniStack's.
import { type CloudWatchClient, DescribeAlarmsCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { LocalService } from '../gateway/gateway.ts';
import { NAMESPACE } from '../hosting/endpoint-metrics.ts';

/** MiniStack's own alarms, as rollouts name them, are asked for their state this often while some are watched. */
const FRESH_MILLISECONDS = 1_000;

interface Simulator extends LocalService {
  holdsAlarm(name: string): boolean;
}

/** `hosting` answers what concerns endpoints; names of alarms that it does not hold are looked up in MiniStack. */
export function endpointAlarms(hosting: Simulator, ministack: CloudWatchClient): LocalService {
  return {
    takes(operation, input) {
      switch (operation) {
        case 'PutMetricAlarm':
          return input.Namespace === NAMESPACE || allOfEndpoints(input.Metrics);
        case 'GetMetricData':
          return allOfEndpoints(input.MetricDataQueries);
        case 'DeleteAlarms':
          return namesIn(input).some((name) => hosting.holdsAlarm(name));
        case 'DescribeAlarms':
          return true;
        default:
          return false;
      }
    },
    async handle(request) {
      const answer = await hosting.handle(request);
      if (!request.headers['x-amz-target']?.endsWith('.DescribeAlarms') || answer.statusCode !== 200) return answer;
      return { ...answer, body: await withMiniStacks(ministack, request.body, answer.body) };
    },
  };
}

/** The states of MiniStack's alarms, as old as a second or two; an alarm that nobody asked for before is OK at first. */
export function alarmStates(ministack: CloudWatchClient): (name: string) => string {
  const known = new Map<string, { state: string; askedAt: number }>();
  const ask = async (name: string) => {
    const { MetricAlarms, CompositeAlarms } = await ministack.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    const state = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])][0]?.StateValue ?? 'OK';
    known.set(name, { state, askedAt: Date.now() });
  };
  return (name) => {
    const { state, askedAt } = known.get(name) ?? { state: 'OK', askedAt: 0 };
    if (Date.now() - askedAt > FRESH_MILLISECONDS) {
      known.set(name, { state, askedAt: Date.now() });
      ask(name).catch(() => known.delete(name));
    }
    return state;
  };
}

const namesIn = (input: Record<string, unknown>) => (input.AlarmNames ?? []) as string[];

function allOfEndpoints(queries: unknown): boolean {
  const metrics = ((queries ?? []) as MetricDataQuery[]).flatMap(({ MetricStat }) => MetricStat ?? []);
  return metrics.length > 0 && metrics.every(({ Metric }) => Metric?.Namespace === NAMESPACE);
}

/** Both lists in one answer, the simulator's first; MiniStack's times, as everywhere in JSON 1.0, in seconds since 1970. */
async function withMiniStacks(ministack: CloudWatchClient, asked: Buffer, answered: string | Uint8Array) {
  const simulated = JSON.parse(Buffer.from(answered).toString('utf8')) as { MetricAlarms: object[] };
  const { MetricAlarms = [], CompositeAlarms = [] } = await ministack.send(
    new DescribeAlarmsCommand(JSON.parse(asked.toString('utf8') || '{}')),
  );
  const all = { ...simulated, MetricAlarms: [...simulated.MetricAlarms, ...MetricAlarms], CompositeAlarms };
  return JSON.stringify(all, function (this: Record<string, unknown>, key, value) {
    const raw = this[key];
    return raw instanceof Date ? raw.getTime() / 1000 : value;
  });
}
