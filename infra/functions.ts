import { redriveFunction } from '#packages/messaging/redrive';

/** Puts dead letters back into the queue they came from; only a person invokes it. */
export const redrive = () => redriveFunction();
