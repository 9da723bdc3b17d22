// Members of something as SageMaker writes them, those included that nothing here knows.

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);

/** What an answer leaves out, and what it holds nothing in, nobody set. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return isMembers(value) && Object.values(value).every(isEmpty);
}
