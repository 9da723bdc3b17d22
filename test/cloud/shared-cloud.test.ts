// Everything that needs a whole cloud, on one of them: the deployed template, the bundles, the machine, IAM and real servers.
// Each part asks for it before the first test runs, and begins then what takes long.
import { stopSharedCloud } from './deployed-cloud.ts';
import './stopped-requests.ts';
import './safe-updates.ts';
import './rollouts.ts';
import './adoption.ts';
import './guardrails.ts';
import './hosting-types.ts';
import './plan.ts';
import './mixed-rows.ts';
import './examples.ts';
import './python-client.ts';
// Last: a permission that is taken out of a role is missed by everyone.
import './permissions.ts';

jest.setTimeout(300_000);
afterAll(stopSharedCloud);
