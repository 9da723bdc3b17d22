// A success is true, and was seen to be.

import { archiveOf, hasCases, isBad } from '../../world/archives.ts';
import { IMAGE_DIGEST } from '../../world/stack-names.ts';
import { firstClaims, succeeded } from '../claims.ts';
import type { Rule } from '../rule.ts';
import { answersRight, servedOf } from '../served.ts';

export const successIsTrue: Rule = {
  number: 3,
  name: 'successIsTrue',
  text: '"deployed" and "unchanged" mean: in service on the intended configuration, image and artifact, nothing pending, golden answers right.',
  broken: (evidence, { outsider }) =>
    firstClaims(evidence)
      .filter(succeeded)
      .flatMap(({ outcome, plan, live, served }) => {
        const lies: string[] = [];
        const says = `${outcome.rolloutId} says ${outcome.outcome}, but `;
        const claim = (isTrue: boolean, otherwise: string) => void (isTrue || lies.push(`${says}${otherwise}`));
        claim(outcome.verified !== null, 'it was not verified');
        claim(plan !== null, 'it had no plan');
        if (outsider || plan === null) return lies;
        claim(live?.EndpointStatus === 'InService', `the endpoint is ${live?.EndpointStatus ?? 'not there'}`);
        claim(live?.EndpointConfigName === plan.endpointConfig.name, `it is on ${live?.EndpointConfigName}`);
        claim(live?.PendingDeploymentSummary === undefined, 'a deployment is pending');
        const { variants } = plan.endpointConfig;
        for (const { name, artifactSha256: planned } of variants) {
          const { artifactSha256, image } = servedOf(served, name);
          claim(artifactSha256 === planned, `${name} serves the artifact ${artifactSha256}`);
          claim(image?.endsWith(IMAGE_DIGEST) === true, `${name} serves the image ${image}`);
          claim(answersRight(artifactSha256), `the model of ${name} answers wrongly`);
        }
        const named = variants.some((variant) => variant.artifactSha256 === outcome.serving?.artifactSha256);
        claim(named, 'it names another artifact');
        return lies;
      }),
};

export const noDataIsNoPass: Rule = {
  number: 7,
  name: 'noDataIsNoPass',
  text: 'No data is not a pass: a model that nothing reached is not verified.',
  broken: (evidence) =>
    firstClaims(evidence)
      .filter(succeeded)
      .flatMap(({ outcome, served }) => {
        const asked = evidence.invocations.get(outcome.rolloutId) ?? 0;
        // Of several variants the one of which least is known says how all are verified.
        const withCases = served.every(({ artifactSha256 }) => hasCases(archiveOf(artifactSha256 ?? undefined)?.kind));
        if (asked === 0 && (withCases || outcome.verified === 'answered'))
          return [`${outcome.rolloutId} says ${outcome.outcome}, and asked the model nothing`];
        if (withCases && outcome.verified !== 'golden')
          return [`${outcome.rolloutId} has golden cases and is ${outcome.verified}`];
        return [];
      }),
};

export const whatIsUpCanAnswer: Rule = {
  number: 11,
  name: 'whatIsUpCanAnswer',
  text: 'What is up can answer: a model whose every row fails by its own error is never deployed where it can be asked, and one that refuses every row, or cannot be asked for one, is "healthOnly" at most, with a warning.',
  broken: (evidence) =>
    firstClaims(evidence)
      .filter(succeeded)
      .flatMap(({ outcome, plan }) => {
        const all = (plan?.endpointConfig.variants ?? []).map(({ artifactSha256 }) => archiveOf(artifactSha256)?.kind);
        return all.flatMap((kind) => {
          if (kind === undefined || hasCases(kind)) return [];
          const says = `${outcome.rolloutId}, whose model is ${kind}, says ${outcome.outcome}`;
          if (isBad(kind) && evidence.wasDescribed(outcome.rolloutId)) return [says];
          if (outcome.verified === 'answered')
            return kind === 'unverified' ? [] : [`${says} and that a row was answered`];
          const isWarned = outcome.warnings.some((warning) => warning.includes('golden cases'));
          return isWarned ? [] : [`${says} without a warning`];
        });
      }),
};
