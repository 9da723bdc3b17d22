// The execution's state as the machine's first state makes it.
import { stateSchemas } from './contract/steps.ts';
import { CONTRACT_VERSION } from './contract/version.ts';

/** Every key is there from the start, null until its step has run: then no path can miss. */
export function initialState(): Record<string, unknown> {
  const written = Object.keys(stateSchemas).filter((key) => key !== 'execution' && key !== 'trigger');
  return {
    ...Object.fromEntries(written.map((key) => [key, null])),
    contractVersion: CONTRACT_VERSION,
    execution: {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'startedAt.$': '$$.Execution.StartTime',
    },
    'trigger.$': '$',
  };
}
