// A way of hosting: everything that differs between realtime, serverless and async endpoints. Another way is another of these.
import type * as z from 'zod/mini';
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type {
  EndpointConfigSpec,
  EndpointRecord,
  ExtraCapacity,
  Plan,
  VariantRecord,
} from '../../../state-machine/contract/plan.ts';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { HostingSchema } from '../../../state-machine/contract/request.ts';
import type {
  ResolvedHosting,
  ResolvedRequest,
  ResolvedStrategy,
  TargetTracking,
} from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingSchema } from '../../../state-machine/contract/scaling-request.ts';
import type { FoundScaling, ScalingTarget } from '../../../state-machine/contract/scaling-target.ts';
import type { Variant } from '../../../state-machine/contract/variant.ts';
import type { EndpointConfigDescription } from '../endpoint/endpoint-config-description.ts';
import type { FleetAlarm } from '../guardrails/fleet-alarms.ts';
import type { Processor } from './processor.ts';

export type HostingKind = ResolvedHosting['type'];
export type HostingOf<Kind extends HostingKind> = Extract<ResolvedHosting, { type: Kind }>;

/** What a request says of hosting and scaling; undefined where it leaves it out. */
export interface Asked<Kind extends HostingKind> {
  hosting: Extract<z.output<typeof HostingSchema>, { type: Kind }> | undefined;
  scaling: z.output<typeof ScalingSchema> | undefined;
}

export interface Wanted<Kind extends HostingKind> {
  hosting: HostingOf<Kind>;
  scaling: TargetTracking | null;
}

/** What a variant has at the moment, that people or scaling may have changed. */
export type ServingVariant = Pick<VariantRecord, 'name' | 'desiredInstanceCount' | 'concurrency'>;

/** An endpoint that exists, with the configuration that it serves with. */
export interface LiveEndpoint {
  endpointName: string;
  /** Whether this stack released what serves, or made its configuration. */
  isReleased: boolean;
  config: Pick<EndpointConfigDescription, 'variants'>;
  serving: readonly ServingVariant[];
  scaled: readonly FoundScaling[];
}

export type VariantModel = Omit<Variant, 'capacity'>;
export type EndpointConfigContent = Omit<EndpointConfigSpec, 'name'>;

export interface PlannedUpdate {
  variants: readonly Variant[];
  candidate: EndpointConfigContent | null;
  /** Instances of the new fleets, by variant. */
  fleetSizes: ReadonlyMap<string, number>;
  strategy: ResolvedStrategy;
  patienceSeconds: number;
}

/** A live variant, as it is before an update. */
export interface KeptFrom {
  variant: VariantRecord;
  isScaled: boolean;
  /** What the newest release asks for; undefined where nobody knows. */
  set: KeptSettings['hosting'];
}

export interface HostingType<Kind extends HostingKind> {
  /** How a model is asked: by a call that waits for the answer, by one whose answer is written to S3, or by component. */
  readonly probe: 'sync' | 'async' | 'component';
  /** Whether containers start as requests come, so that the first of them tell nothing of how fast the model is. */
  readonly startsCold: boolean;

  /** The request with the platform's defaults. */
  resolve(asked: Asked<Kind>, platform: PlatformSettings): Wanted<Kind>;
  /** What the platform does not allow, or does not fit together. */
  problems(asked: Asked<Kind>, wanted: Wanted<Kind>, platform: PlatformSettings): Problem[];
  /** What an image must be built for. */
  processor(hosting: HostingOf<Kind>): Processor;
  /** Null where there are none that people choose. */
  instances(capacity: HostingOf<Kind>): { type: string; count: number } | null;
  /** How long an endpoint may take into service. */
  patienceSeconds(hosting: HostingOf<Kind>): number;

  /** Why an endpoint that exists cannot be updated to what is wanted; null: it can. */
  compatible(live: LiveEndpoint, wanted: Wanted<Kind> & Pick<ResolvedRequest, 'variants'>): string | null;
  endpointConfig(
    wanted: Wanted<Kind> & Pick<ResolvedRequest, 'dataCapture'>,
    models: readonly VariantModel[],
  ): Omit<EndpointConfigContent, 'metrics' | 'volumeKmsKeyArn' | 'answers'>;
  /** `scalingOf`: by the variant's name. `replaced`: what an update replaces; null where nothing is updated. */
  scalingTargets(
    endpointName: string,
    variants: readonly Variant[],
    scalingOf: ReadonlyMap<string, TargetTracking | null>,
    replaced: EndpointRecord | null,
  ): ScalingTarget[];
  /** Below which an update never takes a variant, by its name. */
  servingFloor(variants: readonly ServingVariant[]): ReadonlyMap<string, number>;
  /**
   * With the numbers of a live variant that an update has to write into its configuration, since SageMaker would not retain
   * them. `set`: what the newest release asks for.
   */
  keeping(capacity: HostingOf<Kind>, live: KeptFrom): HostingOf<Kind>;
  /** With the numbers of the live configuration, where they will do: then nothing is updated for them. */
  asConfigured(capacity: HostingOf<Kind>, live: KeptFrom): HostingOf<Kind>;
  extraCapacity(update: PlannedUpdate): ExtraCapacity[];
  /** What takes an update back while its traffic moves. */
  alarms(plan: Pick<Plan, 'alarms' | 'ownershipTags' | 'rolloutId' | 'endpointName' | 'endpointConfig'>): FleetAlarm[];
  /** What the candidate of an update serves with. */
  candidate(request: Pick<ResolvedRequest, 'serverlessCandidate'>, live: EndpointConfigContent): EndpointConfigContent;
}
