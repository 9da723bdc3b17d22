// The invocation that is under way. A sandbox serves one at a time: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

/** What its clients go by (`aws/patient-retries.ts`). */
export const functionRun = {
  remainingMilliseconds: (): number => Number.POSITIVE_INFINITY,
  /** Whether a call of it has been answered that costs something to repeat. */
  isAnswered: false,
};

/** Told by the handler at each invocation. */
export function beginRun(remainingMilliseconds: () => number): void {
  Object.assign(functionRun, { remainingMilliseconds, isAnswered: false });
}
