// The rules that never bend, each a check over what a run left behind; and that whatever passes by itself changes nothing.
import type { Rule } from './rule.ts';
import { everyRequestIsAnswered } from './rules/answers.ts';
import { cancelledIsUndone } from './rules/cancellations.ts';
import { capacityStays } from './rules/capacity.ts';
import { inUseStays, nothingRemains, servingStandsAlone } from './rules/clean-up.ts';
import { everyEndIsReported, whatPassesPasses } from './rules/ends.ts';
import { nothingIsLost } from './rules/losses.ts';
import { leastPrivilege } from './rules/privileges.ts';
import { settingsStay } from './rules/settings.ts';
import { noDataIsNoPass, successIsTrue, whatIsUpCanAnswer } from './rules/success.ts';
import { newestWins, rejectedCallsNothing } from './rules/uploads.ts';
import { askedBeforeTraffic, roomBeforeTraffic, uploadsAddNothing, weightsAreAsSaid } from './rules/variants.ts';
import { stopsAreHeard, tokensStaySecret } from './rules/waits.ts';

export const rules: readonly Rule[] = [
  inUseStays,
  nothingRemains,
  successIsTrue,
  newestWins,
  rejectedCallsNothing,
  capacityStays,
  noDataIsNoPass,
  everyEndIsReported,
  servingStandsAlone,
  leastPrivilege,
  whatIsUpCanAnswer,
  whatPassesPasses,
  settingsStay,
  cancelledIsUndone,
  nothingIsLost,
  weightsAreAsSaid,
  roomBeforeTraffic,
  uploadsAddNothing,
  askedBeforeTraffic,
  everyRequestIsAnswered,
  stopsAreHeard,
  tokensStaySecret,
];
