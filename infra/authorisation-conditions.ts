// The conditions of authorisations: which context keys a request carries, and what a grant demands of them.
import { STACK_TAG } from '../lambdas/core/naming/ownership-tags.ts';
import type { GrantScope, Input, Scope } from './authorisation-resources.ts';

export type Context = Record<string, string | string[]>;
export type Demands = Record<string, Record<string, string | string[]>>;

export interface Condition<Granted extends Scope = GrantScope> {
  /** The keys that a request brings with it. What a resource carries (`aws:ResourceTag`) is not known from the request. */
  requested(input: Input, scope: Scope): Context;
  granted(grant: Granted, under: string): Demands;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const requestTags = (input: Input): Context => {
  const tags = (input.Tags ?? []) as { Key: string; Value: string }[];
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    'aws:TagKeys': tags.map(({ Key }) => Key),
  };
};

/** What is made carries this stack's tag. */
export const madeAsOurs: Condition = {
  requested: requestTags,
  granted: ({ stackName }) => ({ StringEquals: { [`aws:RequestTag/${STACK_TAG}`]: stackName } }),
};

/** What is changed or removed carries this stack's tag. */
export const ours: Condition = {
  requested: () => ({}),
  granted: ({ stackName }) => ({ StringEquals: { [`aws:ResourceTag/${STACK_TAG}`]: stackName } }),
};

/** What is tried out, and may not exist, carries no other stack's tag. */
export const notAnothers: Condition = {
  requested: () => ({}),
  granted: ({ stackName }) => ({ StringEqualsIfExists: { [`aws:ResourceTag/${STACK_TAG}`]: stackName } }),
};

/** Tags are added by the create call itself only: nothing that exists already can be made ours with this grant. */
export const taggedWhileMadeBy = (operation: string): Condition => ({
  requested: () => ({ 'sagemaker:TaggingAction': operation }),
  granted: () => ({ StringEquals: { 'sagemaker:TaggingAction': operation } }),
});

/** A change of tags may repeat our tag, and not give it another value. */
export const tagNotGivenAway: Condition = {
  requested: requestTags,
  granted: ({ stackName }) => ({ StringEqualsIfExists: { [`aws:RequestTag/${STACK_TAG}`]: stackName } }),
};

/** Our tag stays. */
export const tagNotRemoved: Condition = {
  requested: (input) => ({ 'aws:TagKeys': (input.TagKeys ?? []) as string[] }),
  granted: () => ({ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': STACK_TAG } }),
};

const single =
  (key: string, value: string): (() => Context) =>
  () => ({ [key]: value });
const constant = (key: string, value: string): Condition => ({
  requested: single(key, value),
  granted: () => ({ StringEquals: { [key]: value } }),
});

export const passedToSageMaker = constant('iam:PassedToService', 'sagemaker.amazonaws.com');
export const forSageMakerScaling = constant('iam:AWSServiceName', 'sagemaker.application-autoscaling.amazonaws.com');

/**
 * Only a service that works with AWS's own resources gets the grant, as SageMaker's volumes are:
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
 */
export const forAwsResource: Condition<Scope> = {
  requested: single('kms:GrantIsForAWSResource', 'true'),
  granted: () => ({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
};

/** Targets have no names in their ARNs: https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_service-with-iam.html */
export const endpointVariants: Condition = {
  requested: (input) => ({
    'application-autoscaling:service-namespace': String(input.ServiceNamespace ?? ''),
    'application-autoscaling:scalable-dimension': String(input.ScalableDimension ?? ''),
  }),
  granted: () => ({
    StringEquals: {
      'application-autoscaling:service-namespace': 'sagemaker',
      'application-autoscaling:scalable-dimension': [
        'sagemaker:variant:DesiredInstanceCount',
        'sagemaker:variant:DesiredProvisionedConcurrency',
      ],
    },
  }),
};

/** Lists keys under one prefix only. */
export const listedPrefix: Condition = {
  requested: (input) => ({ 's3:prefix': String(input.Prefix ?? '') }),
  granted: (_, under) => ({ StringLike: { 's3:prefix': `${under}*` } }),
};
