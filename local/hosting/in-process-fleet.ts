/** A fleet for tests: a function answers for every variant, another says how long a container takes to be healthy. */

import { DESCRIBE } from '../../state-machine/contract/model-description.ts';
import type { ContainerAnswer, ContainerRequest, Health, InferenceFleet, VariantServer, VariantSpec } from './fleet.ts';

export interface InProcessFleetOptions {
  /** Answers an invocation; default: 200 with the name of the model in it. */
  readonly answer?: (request: ContainerRequest, spec: VariantSpec) => ContainerAnswer | Promise<ContainerAnswer>;
  /** What the server says of its model to `describe=true`; null, the default: it does not know the question. */
  readonly description?: (spec: VariantSpec) => object | null;
  /** Milliseconds of the simulator's clock for a request from a queue; default 0. All other requests take none. */
  readonly tookMs?: (request: ContainerRequest, spec: VariantSpec) => number;
  /** Milliseconds from the start to a healthy /ping, 'never', or the reason why the container dies. */
  readonly startup?: (spec: VariantSpec) => number | 'never' | { readonly failsWith: string };
}

export class InProcessFleet implements InferenceFleet {
  /** The variants whose servers run now. */
  readonly alive = new Set<VariantSpec>();
  readonly #options: InProcessFleetOptions;

  constructor(options: InProcessFleetOptions = {}) {
    this.#options = options;
  }

  start(spec: VariantSpec, startedAt: number): VariantServer {
    const startup = this.#options.startup?.(spec) ?? 0;
    this.alive.add(spec);
    return {
      health: (now): Health => {
        if (startup === 'never') return { state: 'starting' };
        if (typeof startup === 'object') return { state: 'failed', since: startedAt, reason: startup.failsWith };
        const since = startedAt + startup;
        return since <= now ? { state: 'healthy', since } : { state: 'starting' };
      },
      invoke: async (request) => {
        if (!this.alive.has(spec)) throw new Error(`the server of ${spec.variantName} is stopped`);
        const description = isDescribe(request) ? (this.#options.description?.(spec) ?? null) : null;
        if (description !== null) return described(description);
        return await (this.#options.answer ?? modelName)(request, spec);
      },
      tookMs: (request) => this.#options.tookMs?.(request, spec) ?? 0,
      stop: async () => void this.alive.delete(spec),
    };
  }
}

const ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/** As the serving image reads what its caller sends there. */
const isDescribe = ({ headers }: ContainerRequest) => (headers[ATTRIBUTES] ?? '').split(/[,; ]+/).includes(DESCRIBE);

const described = (description: object): ContainerAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json', [ATTRIBUTES]: DESCRIBE },
  body: JSON.stringify(description),
});

const modelName = (_request: ContainerRequest, spec: VariantSpec): ContainerAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: spec.modelName }),
});
