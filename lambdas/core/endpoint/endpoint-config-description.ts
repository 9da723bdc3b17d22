// An endpoint configuration as SageMaker describes it.
import type { VariantRole } from '../../../state-machine/contract/variant.ts';

/** What an existing configuration says, in so far as it concerns us: it may not be one of ours. */
export interface EndpointConfigDescription {
  name: string;
  /** Production variants and shadows. */
  variants: {
    name: string;
    role: VariantRole;
    modelName: string | null;
    instanceType: string | null;
    initialInstanceCount: number | null;
  }[];
  tags: Record<string, string>;
}
