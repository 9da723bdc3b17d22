// Text that leaves the account in mails, without what opens doors.

const patterns: readonly [RegExp, string][] = [
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']{1,4000}/gi, '$1...'],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  [/\b(A(?:KI|SI)A)[A-Z0-9]{12,32}\b/g, '$1...'],
  [/\b(Bearer|Basic) [\w.~+/=-]{8,4000}/g, '$1 ...'],
  [
    /((?:password|passwd|secret(?:_?access)?(?:_?key)?|api_?key|session_?token|auth_?token)["']? ?[=:] ?["']?)[^\s"',;]{1,4000}/gi,
    '$1...',
  ],
];

/** The text with access keys, signatures, tokens and passwords replaced by `...`, as far as they can be told. */
export const withoutCredentials = (text: string): string =>
  patterns.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
