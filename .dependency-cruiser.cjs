// Which house may enter which. Imports flow one way: contract <- core <- ports <- tasks <- aws, runtime <- handlers;
// contract <- task-state <- states <- fragments <- definition <- infra; contract <- client <- cli; tasks, aws <- client/planning. Each rule says what to do instead.
const CONTRACT = '^state-machine/contract/';
const zod = 'node_modules/zod/';

/** Modules of `from` may import themselves and what `allowed` matches, nothing else of the project or of npm. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed], dependencyTypesNot: ['core'] },
});

/**
 * The rooms of one house: each may enter those that are listed, and nothing else of the house. Files that lie in no room
 * (`.`) are a room too. `why` says what to do instead.
 */
const rooms = (house, why, arrows) =>
  Object.entries(arrows).map(([room, allowed]) => ({
    name: `rooms-of-${house}/${room}`,
    comment: `${why} ${room === '.' ? 'Files in no room' : room} may enter ${allowed.join(', ') || 'no other room'}.`,
    severity: 'error',
    from: { path: room === '.' ? `^${house}/[^/]+$` : `^${house}/${room}/` },
    to: {
      path: `^${house}/`,
      pathNot: [room, ...allowed].map((each) => (each === '.' ? `^${house}/[^/]+$` : `^${house}/${each}/`)),
    },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only(
      'contract',
      CONTRACT,
      [zod],
      'The contract imports zod and nothing else: move what it needs into it, or the need out of it.',
    ),
    only(
      'core',
      '^lambdas/core/',
      [CONTRACT, zod, 'node_modules/fastest-levenshtein/'],
      'Decisions are pure: take what you need as a parameter, put effects behind a port.',
    ),
    only(
      'ports',
      '^lambdas/ports/',
      [CONTRACT, '^lambdas/core/'],
      'A port is a few types: implementations belong into lambdas/aws.',
    ),
    only(
      'tasks',
      '^lambdas/tasks/',
      [CONTRACT, zod, '^lambdas/(core|ports)/'],
      'A task sees the world through ports: add a port, implement it in lambdas/aws.',
    ),
    only(
      'aws',
      '^lambdas/aws/',
      [CONTRACT, zod, '^lambdas/(core|ports)/', 'node_modules/@(aws-sdk|smithy)/'],
      'Adapters know the SDK and the ports: the decision belongs into core, the step into tasks.',
    ),
    only(
      'runtime',
      '^lambdas/runtime/',
      [CONTRACT, zod, '^lambdas/(core|ports)/', 'node_modules/@(middy|aws-lambda-powertools)/'],
      'The runtime knows Lambda, not AWS: clients belong into lambdas/aws.',
    ),
    only(
      'handlers',
      '^lambdas/handlers/',
      ['^lambdas/(aws|tasks|runtime|core)/'],
      'A handler binds ports to a task, and does nothing else.',
    ),
    only(
      'state-machine',
      '^state-machine/(fragments/)?[^/]+[.]ts$',
      [CONTRACT, zod, 'node_modules/(aws-cdk-lib|constructs)/'],
      'The machine knows the contract and CDK: logic belongs into a task.',
    ),
    {
      name: 'fragments-know-their-states-only',
      comment:
        'A fragment takes the states that it leads to as parameters, and makes its own with states.ts: definition.ts joins fragments, task-state.ts knows paths.',
      severity: 'error',
      from: { path: '^state-machine/fragments/' },
      to: { pathNot: ['^state-machine/states[.]ts$', 'node_modules/aws-cdk-lib/aws-stepfunctions/'] },
    },
    {
      name: 'definition-joins-fragments',
      comment: 'A fragment alone is no machine: take the definition, which joins them.',
      severity: 'error',
      from: { pathNot: '^state-machine/definition[.]ts$' },
      to: { path: '^state-machine/fragments/' },
    },
    {
      name: 'paths-stay-in-states',
      comment: 'Name outputs and fields, and let states.ts make paths of them.',
      severity: 'error',
      from: { pathNot: '^state-machine/states[.]ts$' },
      to: { path: '^state-machine/task-state[.]ts$' },
    },
    {
      name: 'one-engine-runs-machines',
      comment: 'Machines run on the engine of the simulation: the other engine is what it is compared with.',
      severity: 'error',
      from: { pathNot: '^(node_modules/|test/state-machine/on-aws-local-stepfunctions[.]ts$)' },
      to: { path: 'node_modules/aws-local-stepfunctions/' },
    },
    {
      name: 'infra-takes-names-only',
      comment: 'The stack shares names and limits with the functions, not their code.',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^lambdas/', pathNot: ['^lambdas/runtime/(environment|metric-names)[.]ts$', '^lambdas/core/'] },
    },
    {
      name: 'client-knows-the-contract',
      comment:
        'The client is to be published: it knows the contract, decisions and AWS, not the functions, nor the terminal.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/planning/' },
      to: { path: '^(lambdas|infra|local|cli)/', pathNot: '^lambdas/core/' },
    },
    {
      name: 'planning-rehearses-tasks',
      comment:
        'A plan comes from the tasks that make it in the machine, on ports that read: what they decide belongs into core, and a task that has to change something to go on cannot be rehearsed.',
      severity: 'error',
      from: { path: '^client/planning/' },
      to: {
        path: '^(lambdas|infra|local|cli)/',
        pathNot: [
          '^lambdas/(core|ports|aws)/',
          '^lambdas/tasks/(resolve-request|inspect-artifact|plan-rollout|retire-superseded)[.]ts$',
          '^lambdas/runtime/environment[.]ts$',
        ],
      },
    },
    {
      name: 'cli-is-a-client',
      comment: 'The command line does what every client can do: what it needs of the stack, the client gives.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(lambdas|infra|local)/', pathNot: '^lambdas/core/' },
    },
    ...rooms('lambdas/core', 'A decision that two subjects need belongs into the lower one.', {
      problems: [],
      naming: ['problems'],
      lease: [],
      canary: [],
      archive: ['problems', 'naming'],
      scaling: ['problems', 'naming'],
      outcome: ['problems', 'naming', 'lease', 'request'],
      guardrails: ['problems', 'naming'],
      endpoint: ['naming'],
      weights: ['endpoint', 'guardrails'],
      hosting: ['problems', 'naming', 'endpoint', 'guardrails', 'scaling', '.'],
      diagnosis: ['problems', 'outcome'],
      request: ['problems', 'naming', 'archive', 'guardrails', 'scaling', 'hosting'],
      adoption: ['problems', 'naming', 'endpoint', 'scaling', 'request'],
      planning: ['problems', 'naming', 'archive', 'guardrails', 'scaling', 'endpoint', 'hosting', 'weights', '.'],
      rollback: ['naming', 'endpoint', 'weights'],
      recovery: ['naming', 'lease', 'request'],
      '.': [],
    }),
    ...rooms('lambdas/tasks/parts', 'What two tasks share belongs into the part that both use.', {
      lease: [],
      documents: [],
      artifact: [],
      request: [],
      rollback: [],
      recovery: [],
      outcome: [],
      planning: [],
      verification: ['documents', 'lease'],
    }),
    {
      name: 'parts-know-no-task',
      comment: 'A part serves tasks: what it needs of one is a parameter.',
      severity: 'error',
      from: { path: '^lambdas/tasks/parts/' },
      to: { path: '^lambdas/tasks/[^/]+$' },
    },
    {
      name: 'tasks-know-no-task',
      comment: 'Each task is one state: what two share is a part, or a decision in core.',
      severity: 'error',
      from: { path: '^lambdas/tasks/[^/]+$' },
      to: { path: '^lambdas/tasks/[^/]+$' },
    },
    ...rooms('client', 'A history is read without knowing where it comes from: the client brings the connection.', {
      '.': ['history'],
      history: [],
      planning: ['.'],
    }),
    ...rooms('cli', 'Commands say what they do, the terminal how it looks.', {
      '.': ['commands', 'terminal'],
      commands: ['terminal'],
      terminal: [],
    }),
    ...rooms('local', 'The simulator knows no cloud, the gateway no hosting: the cloud puts them together.', {
      process: [],
      ministack: ['process'],
      gateway: ['ministack'],
      hosting: ['process'],
      'hosting-service': ['hosting', 'gateway', 'ministack', 'process'],
      cloud: ['hosting-service', 'gateway', 'ministack', 'process'],
      'first-run': ['cloud'],
      'hosting-types': ['cloud', 'first-run', 'hosting'],
      'image-test': ['first-run'],
      '.': ['cloud', 'first-run', 'gateway', 'hosting-types', 'image-test'],
    }),
    ...rooms(
      'simulate',
      'The engine knows the language alone, the world no rule: suites play, judging judges, run adds up.',
      {
        engine: [],
        world: ['engine'],
        judging: ['world'],
        suites: ['engine', 'world', 'judging'],
        'seeded-defects': ['engine', 'world', 'suites'],
        fleets: ['world', 'judging'],
        baselines: ['world', 'judging', 'suites'],
        run: ['world', 'judging', 'suites', 'seeded-defects', 'fleets', 'baselines'],
        '.': ['run'],
      },
    ),
    {
      name: 'nothing-ships-the-local-cloud',
      comment: 'The local cloud serves tests, benchmarks and the first run; nothing that is deployed may know it.',
      severity: 'error',
      from: { pathNot: '^(local|test|bench|scripts|simulate)/' },
      to: { path: '^local/' },
    },
    {
      name: 'nothing-imports-the-simulation',
      comment: 'The simulation runs the real parts; none of them may know it.',
      severity: 'error',
      from: { pathNot: '^(simulate|test|bench)/' },
      to: { path: '^simulate/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Move what is needed outside the tests out of them.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one, or miss a third: move the types that both need into a file of their own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'time-is-a-port',
      comment: 'Waiting goes through the port Clock: what waits by itself has no place on virtual time.',
      severity: 'error',
      from: { path: '^(lambdas|simulate)/', pathNot: '^lambdas/runtime/system-clock[.]ts$' },
      to: { path: '^(node:)?timers' },
    },
    {
      name: 'agpl-is-for-development-only',
      comment:
        '@cloud-copilot/iam-simulate is AGPL-3.0: tests and the local gateway may use it, nothing that is deployed.',
      severity: 'error',
      from: { path: '^(lambdas|infra|client|cli|state-machine)/' },
      to: { path: 'node_modules/@cloud-copilot/' },
    },
    {
      name: 'declared-packages-only',
      comment: 'Add the package to package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(cdk[.]out|[.]cache|test/local/fixture-app/cdk[.]out)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
