// What each way of hosting is asked to do: to come up, to change, to fail, and to go.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RolloutRequest } from '../../state-machine/contract/request.ts';
import type { PrivateNetwork } from './network-settings.ts';

export const MODELS = ['random-forest', 'gradient-boosting'] as const;
export type ModelName = (typeof MODELS)[number];

/** An upload of one of two models, or a request. `endpointName` is filled in. */
export type Step =
  | { upload: ModelName; version: string; variantName?: string; ends?: 'rejected' }
  | { request: (there: There) => Omit<RolloutRequest, 'endpointName'> };

/** What is there to be named. */
export interface There {
  modelUri(version: string, variantName?: string): string;
  network: PrivateNetwork | null;
}

export interface HostingTypeSteps {
  /** What says how the first upload is hosted: `models/<endpoint>/rollout.json`. Default: nothing. */
  readonly manifest?: string;
  /** Whether it is asked through a queue. */
  readonly hasQueue?: boolean;
  /** Whether it scales to no instance without requests. */
  readonly sleeps?: boolean;
  /** Each must end deployed, but for an upload that says otherwise. */
  readonly deployed: readonly Step[];
  readonly updated: readonly Step[];
  /** It must end rolled back, and everything be as before. */
  readonly rolledBack: Step;
  /** Production variants at the end, with their shares of the traffic. */
  readonly shares: Readonly<Record<string, number>>;
}

const example = (kind: string) =>
  readFileSync(join(import.meta.dirname, '../../examples', kind, 'rollout.json'), 'utf8');

/** No model says this of an iris. */
const wrongCases = {
  cases: [
    {
      name: 'a tulip',
      request: { contentType: 'application/json', body: { instances: [[5.1, 3.5, 1.4, 0.2]] } },
      expect: { status: 200, json: { predictions: [{ predicted_class: 'tulip' }] } },
    },
  ],
};

/** What serves, in other containers: a new model with such cases would be refused before it has any. */
const OTHERWISE = { environment: { GREETING: 'hello' } };

/** The machine that runs this may be busy: how fast the model is is nothing to fail of here. */
export const PATIENT = { maximumP99Milliseconds: 30_000 };

const realtime: HostingTypeSteps = {
  deployed: [{ upload: 'random-forest', version: 'v1' }],
  updated: [{ upload: 'gradient-boosting', version: 'v2' }],
  rolledBack: { request: () => ({ ...OTHERWISE, canaryInvocations: { ...wrongCases, ...PATIENT } }) },
  shares: { primary: 1 },
};

const variants: HostingTypeSteps = {
  deployed: [
    { upload: 'random-forest', version: 'v1' },
    // An upload adds no variant: it lies ready for the request that does.
    { upload: 'gradient-boosting', version: 'v1', variantName: 'challenger', ends: 'rejected' },
    {
      request: () => ({
        variants: [
          { name: 'primary', weight: 9 },
          { name: 'challenger', weight: 1 },
        ],
      }),
    },
  ],
  updated: [
    { upload: 'random-forest', version: 'v2', variantName: 'challenger' },
    {
      request: () => ({
        variants: [
          { name: 'primary', weight: 1 },
          { name: 'challenger', weight: 1 },
        ],
      }),
    },
  ],
  rolledBack: {
    request: () => ({
      variants: [
        { name: 'primary', weight: 1 },
        { name: 'challenger', weight: 3, ...OTHERWISE, canaryInvocations: wrongCases },
      ],
    }),
  },
  shares: { primary: 0.5, challenger: 0.5 },
};

const network: HostingTypeSteps = {
  deployed: [
    { upload: 'random-forest', version: 'v1' },
    { request: ({ network: found }) => ({ ...found?.request, dataCapture: { samplingPercent: 100 } }) },
  ],
  updated: [{ upload: 'gradient-boosting', version: 'v2' }],
  rolledBack: realtime.rolledBack,
  shares: { primary: 1 },
};

/** Nothing is measured of it, so that it has the threshold that nobody asked for. */
const UNMEASURED = { maximumP99Milliseconds: 5_000 };

const async: HostingTypeSteps = {
  manifest: JSON.stringify({ hosting: { type: 'async' }, scaling: { minimum: 0, maximum: 2 } }),
  hasQueue: true,
  sleeps: true,
  deployed: [{ upload: 'random-forest', version: 'v1' }],
  updated: [
    {
      // Whom it tells, and with what it writes, are changes as others are.
      request: ({ network: found }) => ({
        hosting: {
          ...{ type: 'async', maximumConcurrentInvocationsPerInstance: 2 },
          notifications: found?.notifications,
        },
        encryption: { answersKmsKeyArn: found?.key },
        canaryInvocations: UNMEASURED,
      }),
    },
    { upload: 'gradient-boosting', version: 'v2' },
  ],
  rolledBack: { request: () => ({ ...OTHERWISE, canaryInvocations: { ...wrongCases, ...UNMEASURED } }) },
  shares: { primary: 1 },
};

const serverless: HostingTypeSteps = {
  manifest: example('serverless'),
  deployed: [{ upload: 'random-forest', version: 'v1' }],
  // Its concurrency, and another model.
  updated: [
    { request: () => ({ hosting: { type: 'serverless', memoryMegabytes: 3072, maximumConcurrency: 6 } }) },
    { upload: 'gradient-boosting', version: 'v2' },
  ],
  rolledBack: realtime.rolledBack,
  shares: { primary: 1 },
};

export const hostingTypes = { realtime, variants, network, serverless, async } as const satisfies Record<
  string,
  HostingTypeSteps
>;
export type HostingTypeName = keyof typeof hostingTypes;
