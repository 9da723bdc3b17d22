// The instances and the shares of the variants of every endpoint, looked at whenever something is called: some of it is only to be
// seen at its moment.
import type { Hosting } from '../../local/hosting/hosting.ts';

interface Look {
  readonly instances: ReadonlyMap<string, number>;
  readonly shares: ReadonlyMap<string, number>;
  /** Instances of all variants that get traffic. */
  readonly inTraffic: number;
}
const SMALL = 1e-6;

export class TrafficLog {
  /** Instances that serve, by endpoint and variant, when the run began and the fewest since. */
  readonly before = new Map<string, number>();
  readonly lowest = new Map<string, number>();
  /** The same of all variants of an endpoint that get traffic. */
  readonly allBefore = new Map<string, number>();
  readonly lowestOfAll = new Map<string, number>();
  /** Variants that got a share of the traffic for which they had not the instances. */
  readonly crowded: string[] = [];
  readonly #hosting: Hosting;
  readonly #first = new Map<string, Look>();
  readonly #last = new Map<string, Look>();

  constructor(hosting: Hosting, endpointNames: readonly string[]) {
    this.#hosting = hosting;
    for (const name of endpointNames) {
      const look = this.#look(name);
      if (look === null) continue;
      this.#first.set(name, look);
      this.allBefore.set(name, look.inTraffic);
      for (const [variant, instances] of look.instances) this.before.set(`${name}/${variant}`, instances);
    }
  }

  look(): void {
    for (const [name, first] of this.#first) {
      const look = this.#look(name);
      for (const variant of first.instances.keys())
        lower(this.lowest, `${name}/${variant}`, look?.instances.get(variant) ?? 0);
      lower(this.lowestOfAll, name, look?.inTraffic ?? 0);
      // While traffic moves from one fleet to another both serve: how many of them have to carry it is seen at the end.
      if (look === null || this.#hosting.serving(name)?.isMoving) continue;
      this.#findCrowded(name, first, look);
      this.#last.set(name, look);
    }
  }

  #look(endpointName: string): Look | null {
    const serving = this.#hosting.serving(endpointName);
    if (serving === undefined) return null;
    const { byVariant: instances, weights } = serving;
    const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
    const shares = new Map([...weights].map(([variant, weight]) => [variant, sum === 0 ? 0 : weight / sum]));
    const inTraffic = [...shares].reduce(
      (total, [variant, share]) => total + (share > 0 ? (instances.get(variant) ?? 0) : 0),
      0,
    );
    return { instances, shares, inTraffic };
  }

  /**
   * Who gets more needs its part of the instances that served when the run began: those that were added since are the room that
   * was made. Who gets back what it had needs what it had with it.
   */
  #findCrowded(name: string, first: Look, { instances, shares }: Look): void {
    const last = this.#last.get(name) ?? first;
    for (const [variant, share] of shares) {
      if (share <= (last.shares.get(variant) ?? 0) + SMALL) continue;
      const part = Math.ceil(share * first.inTraffic - SMALL);
      const isBack = share <= (first.shares.get(variant) ?? 0) + SMALL;
      const needed = isBack ? Math.min(part, first.instances.get(variant) ?? 0) : part;
      const has = instances.get(variant) ?? 0;
      if (has < needed)
        this.crowded.push(
          `${variant} of ${name} got ${(share * 100).toFixed(1)} % of the traffic with ${has} instances, not ${needed}`,
        );
    }
  }
}

function lower(lowest: Map<string, number>, key: string, value: number): void {
  lowest.set(key, Math.min(lowest.get(key) ?? Number.POSITIVE_INFINITY, value));
}
