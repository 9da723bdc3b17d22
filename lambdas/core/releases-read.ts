// How far back a decision looks among an endpoint's releases.

/**
 * The newest releases, for whoever asks for more than the last one. A platform retains at most 20 configurations besides the
 * one that serves, and 50 releases leave room for those that repeat a configuration: rollbacks, and changes of scaling or tags.
 * What is older was removed when newer releases came. Not more, since RetireSuperseded asks SageMaker for the configuration and
 * the model of each.
 */
export const RELEASES_READ = 50;
