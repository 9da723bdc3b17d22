/** What is planned to go wrong, per endpoint or for all: drawn once by the change, or the call, that meets it. */

/** create, update and so on of an endpoint; rollback and delete only name provisioning times. */
export type Change = 'create' | 'update' | 'scale' | 'rollback' | 'delete';

interface Where {
  /** Default: any endpoint. */
  readonly endpointName?: string;
  /** Default: any change that the fault can hit. */
  readonly change?: Change;
  /** How often it strikes; default 1. */
  readonly times?: number;
}

export type LifeCycleFault = Where &
  (
    | { readonly kind: 'noCapacity' }
    /** The containers never answer /ping. */
    | { readonly kind: 'unhealthy' }
    /** Provisioning never ends. */
    | { readonly kind: 'stuck' }
    /** Any other failure, with its FailureReason. */
    | { readonly kind: 'fails'; readonly reason: string }
    /** An update goes back to the old config at its very end; the reason may be missing, as it is in the field. */
    | { readonly kind: 'rolledBack'; readonly reason?: string }
    /** A rolling update fails half-way, and so does its rollback. */
    | { readonly kind: 'rollbackFails'; readonly reason?: string }
  );

/** "SageMaker.CreateEndpoint" and the like answer ThrottlingException. */
export interface Throttling {
  readonly operation: string;
  readonly times?: number;
}

type Counted<Kind> = Kind & { left: number };

export class FaultPlan {
  readonly #planned: Counted<LifeCycleFault>[] = [];
  readonly #throttled: Counted<Throttling>[] = [];

  plan(fault: LifeCycleFault): void {
    this.#planned.push({ ...fault, left: fault.times ?? 1 });
  }

  throttle(throttling: Throttling): void {
    this.#throttled.push({ ...throttling, left: throttling.times ?? 1 });
  }

  /** The fault of a change that begins now. */
  draw(endpointName: string, change: Change): LifeCycleFault | undefined {
    const met = this.#planned.find(
      (each) =>
        each.left > 0 &&
        (each.endpointName ?? endpointName).toLowerCase() === endpointName.toLowerCase() &&
        (each.change ?? change) === change,
    );
    if (met) met.left -= 1;
    return met;
  }

  drawThrottling(operation: string): boolean {
    const met = this.#throttled.find((each) => each.left > 0 && each.operation === operation);
    if (met) met.left -= 1;
    return met !== undefined;
  }
}
