/** How SageMaker names what it keeps. */

import type { World } from './world.ts';

/** SageMaker's ARNs are in lower case whatever the case of the name. */
export const arnOf = (world: World, type: 'model' | 'endpoint-config' | 'endpoint', name: string) =>
  `arn:aws:sagemaker:${world.region}:${world.accountId}:${type}/${name.toLowerCase()}`;
