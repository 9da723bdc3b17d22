// An endpoint configuration as SageMaker describes it.

/** What an existing configuration says, in so far as it concerns us: it may not be one of ours. */
export interface EndpointConfigDescription {
  name: string;
  variants: {
    name: string;
    modelName: string | null;
    instanceType: string | null;
    initialInstanceCount: number | null;
  }[];
  tags: Record<string, string>;
}
