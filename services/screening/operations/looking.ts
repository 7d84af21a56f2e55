import { actorOf } from '#packages/audit';
import type { Caller } from '#packages/access';
import type { Route } from '#packages/contract';
import type { Outcome } from '#packages/outcome';
import { lookWrite } from '../store/look.ts';
import { type Deps } from './context.ts';

type LookingCall = {
  caller: Caller;
  params: { uscc: string };
  query: Record<string, unknown>;
  requestId: string;
  now: Date;
};

/**
 * Notes who looked at which enterprise before the answer is given: what cannot be noted is not answered. What is refused
 * shows nothing, so it leaves no trace either, and a foreign enterprise reads exactly like none.
 */
export function looking<Call extends LookingCall, Answer extends Outcome<unknown>>(
  { table }: Pick<Deps, 'table'>,
  { method, path }: Pick<Route, 'method' | 'path'>,
  operation: (call: Call) => Promise<Answer>,
): (call: Call) => Promise<Answer> {
  return async (call) => {
    const answer = await operation(call);
    if (answer.kind === 'refused') return answer;
    const { caller, params, query, requestId, now } = call;
    const { purpose } = query;
    const look = {
      at: now.toISOString(),
      requestId,
      actor: actorOf(caller),
      what: `${method} ${path}`,
      ...(typeof purpose === 'string' && { purpose }),
    };
    await table.transact([lookWrite(params.uscc, look)]);
    return answer;
  };
}
