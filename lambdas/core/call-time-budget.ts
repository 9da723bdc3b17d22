// How much of its time a function needs to hear the answer of one more call.

/** One attempt of a call lasts 15 s at most (`aws/clients.ts`). What was asked for with less would be answered to nobody. */
export const MILLISECONDS_FOR_A_CALL = 17_000;
