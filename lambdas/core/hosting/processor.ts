// What a container's image must be built for, and how large it may be.

export interface Processor {
  /** For people: what runs it. */
  name: string;
  architecture: 'amd64' | 'arm64';
  /** Of an unpacked image; left out where SageMaker has no limit that is known. */
  maximumImageBytes?: number;
}

/**
 * Graviton families carry a `g` right after their generation, as in m6g, c7gd, r8g, g5g:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export const processorOf = (instanceType: string): Processor => ({
  name: instanceType,
  architecture: /^ml\.[a-z]+(-[a-z]+)?\d+g[a-z]*\./.test(instanceType) ? 'arm64' : 'amd64',
});
