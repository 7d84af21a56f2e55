import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/**
 * One logger and one metrics buffer per function, set up by the POWERTOOLS_* variables. Log identifiers, never bodies,
 * names, tokens or signatures.
 */
export const logger = new Logger();
export const metrics = new Metrics();
