// An endpoint configuration as SageMaker describes it.
import type { Concurrency } from '../../../state-machine/contract/plan.ts';
import type { VariantRole } from '../../../state-machine/contract/variant.ts';
import type { Members } from './members.ts';

/** What an existing configuration says, in so far as it concerns us: it may not be one of ours. */
export interface EndpointConfigDescription {
  name: string;
  /** Production variants and shadows. */
  variants: {
    name: string;
    role: VariantRole;
    modelName: string | null;
    /** Null: it is serverless, or chooses between pools of instances. */
    instanceType: string | null;
    isServerless: boolean;
    /** Whether it works off a queue; left out: it does not. */
    isAsync?: boolean;
    /** Of a serverless variant. */
    concurrency?: Concurrency;
    initialInstanceCount: number | null;
    initialWeight: number;
  }[];
  /** All that SageMaker says of it. */
  members: Members;
  tags: Record<string, string>;
}
