import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/**
 * One logger and one metrics buffer per function, set up by the POWERTOOLS_* variables. Log identifiers, never bodies,
 * names, tokens or signatures.
 */
export const logger = new Logger();

/** A run without a figure to tell is no reason for a line in the log. */
const silent = { debug() {}, error() {}, info() {}, trace() {}, warn() {} };
export const metrics = new Metrics({ logger: silent });
