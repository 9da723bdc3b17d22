// Acknowledges, resource by resource, the wildcards of policy statements that were narrowed as far as names allow.
import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Each wildcard that is there now gets its own acknowledgement on `construct`; one that is added later is a finding again. */
export function acknowledgeWildcards(
  construct: IConstruct,
  statements: readonly PolicyStatement[],
  reason: string,
): void {
  for (const { resources } of statements) {
    for (const resource of resources) {
      const name = findingName(Stack.of(construct).resolve(resource));
      if (name.includes('*')) {
        Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${name}]`, reason });
      }
    }
  }
}

/** How cdk-nag writes a resource: literals as they are, references as `<LogicalId.Attribute>`. */
function findingName(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const [[kind, value] = []] = Object.entries(resolved as Record<string, unknown>);
  if (kind === 'Ref') return `<${value}>`;
  if (kind === 'Fn::GetAtt') return `<${(value as string[]).join('.')}>`;
  if (kind === 'Fn::Join') {
    const [separator, parts] = value as [string, unknown[]];
    return parts.map(findingName).join(separator);
  }
  return JSON.stringify(resolved);
}
