// The alarms that fire the step policies of ours: one for each policy, named for it.
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { stepAlarmName, stepAlarmPrefix, THIS_POLICY } from '../core/scaling/own-steps.ts';
import type { AlarmTags } from '../ports/scaling.ts';
import { renamedAlarmError } from './cloudwatch-error.ts';

type Policy = ScalingRecord['policies'][number];
type AlarmOf = NonNullable<Policy['alarm']>;

/** Of the policy of this name and ARN, among the alarms of its target; undefined: there is none. */
export function stepAlarmOf(
  found: readonly MetricAlarm[],
  target: ScalableTarget,
  name: string,
  policyArn: string,
): AlarmOf | undefined {
  const alarm = found.find(({ AlarmName }) => AlarmName === stepAlarmName(target, { name }));
  return alarm && withActions(definitionOf(alarm), policyArn, THIS_POLICY);
}

/** All of ours on a target. */
export const findStepAlarms = (client: CloudWatchClient, target: ScalableTarget): Promise<MetricAlarm[]> =>
  renamedAlarmError(pages(client, stepAlarmPrefix(target)));

async function pages(client: CloudWatchClient, AlarmNamePrefix: string): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNamePrefix }))
    found.push(...MetricAlarms);
  return found;
}

export async function putStepAlarm(
  client: CloudWatchClient,
  target: ScalableTarget,
  { name, alarm }: Policy,
  policyArn: string,
  tags: AlarmTags,
): Promise<void> {
  if (alarm === undefined) return;
  const description = `Fires the step policy ${name} of ${target.resourceId}. It is made and removed with its scaling.`;
  const command = new PutMetricAlarmCommand({
    AlarmDescription: description,
    ...withActions(alarm, THIS_POLICY, policyArn),
    AlarmName: stepAlarmName(target, { name }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  } as PutMetricAlarmCommandInput);
  await renamedAlarmError(client.send(command));
}

/** `policies`: their names; left out: all of ours on the target, also those whose policies are gone. */
export async function removeStepAlarms(
  client: CloudWatchClient,
  target: ScalableTarget,
  policies?: readonly string[],
): Promise<void> {
  if (policies?.length === 0) return;
  const named = policies?.map((name) => stepAlarmName(target, { name }));
  const there = (await findStepAlarms(client, target)).flatMap(({ AlarmName = '' }) => AlarmName);
  const AlarmNames = there.filter((name) => named?.includes(name) ?? true);
  if (AlarmNames.length > 0) await renamedAlarmError(client.send(new DeleteAlarmsCommand({ AlarmNames })));
}

/** As JSON has it, and as PutMetricAlarm takes it. */
function definitionOf(alarm: MetricAlarm): AlarmOf {
  const { AlarmName, AlarmArn, AlarmConfigurationUpdatedTimestamp, EvaluationState, ...described } = alarm;
  const isOfState = (key: string) => key.startsWith('State');
  const members = Object.entries(JSON.parse(JSON.stringify(described)) as AlarmOf);
  return Object.fromEntries(
    members.filter(([key, value]) => !isOfState(key) && !(Array.isArray(value) && value.length === 0)),
  );
}

function withActions(alarm: AlarmOf, from: string, to: string): AlarmOf {
  const { AlarmActions = [] } = alarm;
  const actions = (AlarmActions as string[]).map((action) => (action === from ? to : action));
  return actions.length > 0 ? { ...alarm, AlarmActions: actions } : alarm;
}
