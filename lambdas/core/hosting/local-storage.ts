// Which instances have storage of their own beside the volume that a key encrypts.

/** Accelerated families whose names do not tell: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html */
const FAMILIES = /^ml\.(?:g5|g6e?|gr6|g7e?|p5en?|p5e|p6-b[23]00|p6e-gb200|trn[12]n?)\./;

/**
 * Others carry a `d` after their generation, as in m5d, c6gd, g4dn, p4d:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export const hasLocalStorage = (instanceType: string): boolean =>
  /^ml\.[a-z]+\d+[a-z]*d[a-z]*\./.test(instanceType) || FAMILIES.test(instanceType);
