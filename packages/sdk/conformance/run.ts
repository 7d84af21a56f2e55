import { type Result, runGroups } from './checks.ts';
import { goodCalls } from './good-calls.ts';
import { refusedCalls } from './refused-calls.ts';
import { retries } from './retries.ts';
import { rotation } from './rotation.ts';
import { webhookAddress, webhookEvents } from './webhooks.ts';
import { type ConformanceSettings, openWorld } from './world.ts';

const groups = [goodCalls, refusedCalls, retries, webhookAddress, rotation, webhookEvents];

/**
 * Runs every check against a test environment. What it makes there it ends: the second key is revoked, the address ended.
 * What stays is one revoked key on record for each run (there is room for 60).
 * @throws KeysNotBelieved, RangeError where it cannot begin
 */
export async function runConformance(settings: ConformanceSettings, told: (result: Result) => void): Promise<Result[]> {
  const world = await openWorld(settings);
  try {
    return await runGroups(groups, world, told);
  } finally {
    await world.found.receiver?.stop();
  }
}
