// A simulated stack to plan for: its rollouts are real ones, and every call that planning makes is noted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planRollout } from '../../client/planning/planner.ts';
import { type PlannedTarget, readPlanInput } from '../../client/planning/read-plan-input.ts';
import type { RolloutPlan } from '../../client/planning/rollout-plan.ts';
import { AwsError } from '../../local/hosting/aws-error.ts';
import type { Json } from '../../simulate/engine/asl.ts';
import { type ArchiveKind, archive } from '../../simulate/world/archives.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { portsOf } from '../../simulate/world/functions.ts';
import { keyOf, SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import { EXECUTION_ROLE, PLATFORM, STACK } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { virtualClock } from '../ports/clock.ts';

export class PlannedStack extends SimulatedStack {
  /** What planning called. */
  readonly calls: { service: string; operation: string; input: Record<string, unknown> }[] = [];
  /** Whether AWS refuses the caller a call. */
  isDenied: (call: string) => boolean = () => false;
  settings = PLATFORM.settings;
  readonly #folder = mkdtempSync(join(tmpdir(), 'plan-test-'));

  constructor() {
    super({ ...engineAsItIs(), seed: 1 });
    this.manifest('iris', { canaryInvocations: { requests: 1 } });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  file(name: string, content: string | Buffer): string {
    writeFileSync(join(this.#folder, name), content);
    return join(this.#folder, name);
  }

  async archiveFile(kind: ArchiveKind, number: number): Promise<string> {
    return this.file('model.tar.gz', (await archive(kind, number)).bytes);
  }

  async planFile(file: string, target: PlannedTarget = {}): Promise<RolloutPlan> {
    const clients = new Clients(async (service, operation, input) => {
      const call = `${service}:${operation}`;
      this.calls.push({ service, operation, input });
      try {
        if (this.isDenied(call)) throw new AwsError('AccessDeniedException', `not authorized to perform ${call}`);
        return await this.account.perform({ service, operation, input });
      } catch (error) {
        throw sdkError(error);
      }
    });
    const clock = virtualClock(new Date(this.account.time.now).toISOString());
    const stack = { ...PLATFORM, settings: this.settings, stackName: STACK, executionRoleArn: EXECUTION_ROLE };
    return planRollout(portsOf({ clients, clock }), stack, await readPlanInput(file, target));
  }

  planRequest(request: object): Promise<RolloutPlan> {
    return this.planFile(this.file('request.json', JSON.stringify(request)));
  }

  /** Really rolled out. */
  async uploaded(number: number, key = keyOf('iris', number)): Promise<Outcome> {
    this.upload(key, await archive('good', number));
    return this.#ended();
  }

  async requested(request: Record<string, Json>): Promise<Outcome> {
    this.request({ endpointName: 'iris', ...request });
    return this.#ended();
  }

  async #ended(): Promise<Outcome> {
    await this.settle();
    return this.account.announced.at(-1)!;
  }

  /** The plan of the rollout that ended last. */
  get carriedOut(): Plan {
    const { endpointName, rolloutId } = this.account.announced.at(-1)!;
    return this.account.s3.document(`rollouts/${endpointName}/${rolloutId}/plan.json`) as Plan;
  }

  /** What rollouts have removed of older releases, in this order. */
  get removed(): unknown[] {
    return this.account.calls
      .filter(
        ({ by, operation, tookEffect }) => by.of.name === 'RetireSuperseded' && /^Delete/.test(operation) && tookEffect,
      )
      .map(({ input }) => input.EndpointConfigName ?? input.ModelName ?? input.Key);
  }

  /** All that is there, to be compared. */
  everything(): string {
    const { s3, dynamoDb, hosting, executions } = this.account;
    return JSON.stringify([[...s3.objects.keys()], dynamoDb.items(), hosting.snapshot(), executions.size]);
  }
}

/** By kind and name: what is to happen. */
export const actionsOf = ({ changes }: RolloutPlan): string[] =>
  changes.map(({ action, kind, name, detail }) => `${action} ${kind}${(name ?? detail) ? ` ${name ?? detail}` : ''}`);
