// What stays in the account when the stack is gone, why, and how it is removed.

/** Lines to print; `outputs` are the stack's, read before it was deleted. */
export function retained(outputs: Record<string, string>): string[] {
  const { BucketName, RepositoryUri = '', FormerRepositoryUris, ExecutionRoleArn = '', LedgerTableName } = outputs;
  const uris = [RepositoryUri, ...(FormerRepositoryUris?.split(',') ?? [])];
  const repositories = uris.map((uri) => uri.slice(uri.indexOf('/') + 1));
  const role = ExecutionRoleArn.slice(ExecutionRoleArn.lastIndexOf('/') + 1);
  return [
    'Kept, so that nothing that still serves breaks and no record is lost. To remove it for good:',
    `  bucket      ${BucketName}: empty it with all versions (S3 console, "Empty"), then`,
    `              aws s3api delete-bucket --bucket ${BucketName}`,
    ...repositories.map((name) => `  repository  aws ecr delete-repository --force --repository-name ${name}`),
    `  role        aws iam delete-role-policy --role-name ${role} --policy-name HostModels`,
    `              aws iam delete-role --role-name ${role}`,
    `  ledger      aws dynamodb update-table --no-deletion-protection-enabled --table-name ${LedgerTableName}`,
    `              aws dynamodb delete-table --table-name ${LedgerTableName}`,
  ];
}
