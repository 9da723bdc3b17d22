// What CloudWatch has measured of one fleet.
import type { Fleet } from '../core/guardrails/fleet-alarms.ts';

export interface FleetMetrics {
  /** How many invocations the fleet has had in the time; CloudWatch knows of them a minute or more later. */
  invocations(fleet: Fleet, from: Date, to: Date): Promise<number>;
}
