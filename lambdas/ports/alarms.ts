// CloudWatch alarms: those that a rollout makes on a new fleet, and the states of any.
import type { FleetAlarm } from '../core/guardrails/fleet-alarms.ts';
import type { AlarmState } from '../core/guardrails/strategy-problems.ts';

export interface Alarms {
  /** Makes it, or makes it equal to this. */
  put(alarm: FleetAlarm): Promise<void>;
  /** Of those that exist, metric and composite alarms alike; at most 100 names. */
  states(names: string[]): Promise<Record<string, AlarmState>>;
  /** Removing what is gone already is no error. */
  remove(names: string[]): Promise<void>;
}
