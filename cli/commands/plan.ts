// `plan`: what a rollout would make, change and remove, without changing anything.
import { connectPlanner, type Planner } from '../../client/planning/connect.ts';
import { costOf, readPrices } from '../../client/planning/plan-cost.ts';
import type { Prices } from '../../client/planning/price-list.ts';
import { type PlannedTarget, readPlanInput } from '../../client/planning/read-plan-input.ts';
import type { PlanVerdict } from '../../client/planning/rollout-plan.ts';
import { exitStatus } from '../terminal/exit-status.ts';
import { planText } from '../terminal/plan-words.ts';
import type { Report } from '../terminal/report.ts';

export interface PlanFlags extends PlannedTarget {
  stack: string;
  prices?: string;
  json?: true;
}

/** `wait` and `unknown`: there is no plan, so neither a yes nor a no. */
const statusOf: Record<PlanVerdict, number> = {
  proceed: exitStatus.ok,
  unchanged: exitStatus.ok,
  rejected: exitStatus.failed,
  wait: exitStatus.refused,
  unknown: exitStatus.refused,
};

export async function plan(file: string, flags: PlanFlags): Promise<Report> {
  // Before the first call: a wrong file or name needs no credentials to be found.
  const input = await readPlanInput(file, flags);
  const prices = flags.prices === undefined ? null : await readPrices(flags.prices);
  return planReport(await connectPlanner(flags.stack), input, prices);
}

export async function planReport(
  planner: Planner,
  input: Parameters<Planner>[0],
  prices: Prices | null,
): Promise<Report> {
  const planned = await planner(input);
  const cost = prices === null ? null : costOf(planned, prices);
  return { status: statusOf[planned.verdict], text: planText(planned, cost), json: { ...planned, cost } };
}
