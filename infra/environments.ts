import type { Algorithm } from '#packages/signature/profile';

/** What a function is woken by; the local cloud and the limits below speak of functions in these words. */
export type Trigger = 'http' | 'queue' | 'sender' | 'stream' | 'schedule' | 'command';

/**
 * All that differs between two deployments, as data. Names of resources do not: every environment has its own AWS
 * account, so that no mistake in one reaches another.
 */
export type Environment = {
  /** Tables, keys and files outlive the stack, and a table refuses to be deleted. */
  retain: boolean;
  /** Days that logs are kept; the law asks for half a year, an investigation often for more. */
  logDays: 30 | 90 | 400;
  /** Seconds a function may run. An API function stays below the gateway's own 29. */
  timeoutSeconds: Record<Trigger, number>;
  workQueue: {
    /** How long a message taken by a function that died stays hidden. AWS asks for six times the function's time-out. */
    visibilitySeconds: number;
    /** The same for messages to be sent to others, who may take their time. */
    senderVisibilitySeconds: number;
    maxReceiveCount: number;
    /** Invocations that one queue may keep busy at once; at least 2. */
    maxConcurrency: number;
  };
  /**
   * Concurrency reserved per function. Absent where the account may still have the quota of a new one (10), from
   * which nothing can be reserved: deploying would fail.
   */
  reservedConcurrency?: Record<Trigger, number>;
  throttle: { ratePerSecond: number; burst: number };
  /**
   * What each source lets the whole city ask of it. A function's processes share it out among them beforehand, so that
   * no request needs a counter that all of them write to.
   */
  sourceRequestsPerSecond: { credit: number; ip: number };
  /** How long a source that is down is left alone. */
  sourceBreakerOpenSeconds: number;
  /** The word in a partner's key id that tells keys for trying out from those that count. */
  keyEnvironment: 'test' | 'prod';
  /** What the platform signs its answers with. In China banks are held to SM2. */
  answerAlgorithm: { china: Algorithm; elsewhere: Algorithm };
  /** Whether webhooks may go to `http://127.0.0.1:<port>`: only on the machine of who develops. */
  localhostWebhooks: boolean;
  /** Addresses of the issuer and the sources must be https, except where simulators answer on this machine. */
  addressPattern: string;
};

const httpsOnly = '^https://[^\\s]+$';

const local: Environment = {
  retain: false,
  logDays: 30,
  timeoutSeconds: { http: 20, queue: 10, sender: 45, stream: 10, schedule: 60, command: 60 },
  // Barely longer than the function may run, so that the messages of a killed sandbox are soon back.
  workQueue: { visibilitySeconds: 12, senderVisibilitySeconds: 50, maxReceiveCount: 10, maxConcurrency: 4 },
  reservedConcurrency: { http: 4, queue: 4, sender: 4, stream: 2, schedule: 2, command: 1 },
  throttle: { ratePerSecond: 100, burst: 200 },
  sourceRequestsPerSecond: { credit: 2_000, ip: 2_000 },
  sourceBreakerOpenSeconds: 2,
  keyEnvironment: 'test',
  answerAlgorithm: { china: 'ed25519', elsewhere: 'ed25519' },
  localhostWebhooks: true,
  addressPattern: '^https?://[^\\s]+$',
};

const staging: Environment = {
  retain: false,
  logDays: 90,
  timeoutSeconds: { http: 20, queue: 30, sender: 60, stream: 30, schedule: 300, command: 300 },
  workQueue: { visibilitySeconds: 180, senderVisibilitySeconds: 360, maxReceiveCount: 10, maxConcurrency: 5 },
  throttle: { ratePerSecond: 50, burst: 100 },
  sourceRequestsPerSecond: { credit: 20, ip: 20 },
  sourceBreakerOpenSeconds: 60,
  keyEnvironment: 'test',
  answerAlgorithm: { china: 'sm2', elsewhere: 'ecdsa-p256-sha256' },
  localhostWebhooks: false,
  addressPattern: httpsOnly,
};

const production: Environment = {
  retain: true,
  logDays: 400,
  timeoutSeconds: { http: 20, queue: 30, sender: 60, stream: 30, schedule: 300, command: 300 },
  workQueue: { visibilitySeconds: 180, senderVisibilitySeconds: 360, maxReceiveCount: 10, maxConcurrency: 20 },
  reservedConcurrency: { http: 100, queue: 20, sender: 20, stream: 10, schedule: 2, command: 1 },
  throttle: { ratePerSecond: 200, burst: 400 },
  sourceRequestsPerSecond: { credit: 100, ip: 100 },
  sourceBreakerOpenSeconds: 60,
  keyEnvironment: 'prod',
  answerAlgorithm: { china: 'sm2', elsewhere: 'ecdsa-p256-sha256' },
  localhostWebhooks: false,
  addressPattern: httpsOnly,
};

export const environments = { local, staging, production };
export type EnvironmentName = keyof typeof environments;

/** Throws with the list of names where there is no such environment: a typing error must not deploy the default. */
export function environmentName(text: string): EnvironmentName {
  switch (text) {
    case 'local':
    case 'staging':
    case 'production':
      return text;
    default:
      throw new Error(`no environment ${text}; there are ${Object.keys(environments).join(', ')}`);
  }
}
