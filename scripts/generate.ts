// Writes what is generated and committed all the same, because people read it: the machine, its picture, the request's schema,
// the contract's types in Python, what the local cloud does with each member of a call, and how each of scikit-learn's estimators is served.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { membersPage } from '../local/hosting/members/members-page.ts';
import { requestJsonSchema } from '../state-machine/contract/request-json-schema.ts';
import { drawMachine } from '../state-machine/draw-machine.ts';
import { synthesizeMachine } from '../state-machine/synthesize-asl.ts';
import { PYTHON_TYPES, pythonTypes } from './python-types.ts';

const root = join(import.meta.dirname, '..');
const { asl, fragments } = synthesizeMachine();
writeFileSync(join(root, 'state-machine', 'rollout.asl.json'), asl);
writeFileSync(join(root, 'state-machine', 'contract', 'rollout-request.schema.json'), requestJsonSchema());
writeFileSync(join(root, PYTHON_TYPES), pythonTypes());

const page = join(root, 'docs', 'how-it-works.md');
const picture = `<!-- machine -->\n\`\`\`mermaid\n${drawMachine(JSON.parse(asl).States, fragments)}\`\`\`\n<!-- /machine -->`;
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(/<!-- machine -->[\s\S]*<!-- \/machine -->/, () => picture),
);

writeFileSync(join(root, 'docs', 'local-cloud-members.md'), membersPage());

// docs/models.md
execFileSync(join(root, '.venv', 'serving', 'bin', 'python'), [join(root, 'serving-image', 'tests', 'list_models.py')]);
