import { todayOf } from '#packages/calendar';
import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Call, Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { consentLives } from '../domain.ts';
import { entryMachine } from '../machines.ts';
import { enterpriseWrites } from '../store/enterprise.ts';
import { type Act, actEvent, actsOn } from './entry-acts.ts';
import { type Deps } from './context.ts';
import { entryView, standingEntry, viewedNow } from './standing-entry.ts';

type EntryCall =
  | Call<typeof routes.suspendEntry>
  | Call<typeof routes.reinstateEntry>
  | Call<typeof routes.removeEntry>;
type Change = (call: EntryCall) => ReturnType<Operation<typeof routes.suspendEntry>>;

/** A person suspends an entry, for a doubt or a dispute: it is on no bank's list from then on. */
export function suspendEntry(deps: Deps): Change {
  return changeEntry(deps, 'suspend');
}

/** A person lifts a suspension. */
export function reinstateEntry(deps: Deps): Change {
  return changeEntry(deps, 'reinstate');
}

/** A person takes an entry off. To come back the enterprise needs its county's recommendation anew. */
export function removeEntry(deps: Deps): Change {
  return changeEntry(deps, 'remove');
}

function changeEntry({ table }: Deps, act: Exclude<Act, 'expire'>): Change {
  return async (call) =>
    untilSettled(async () => {
      const today = todayOf(call.now);
      const standing = await standingEntry(table, call.params.uscc);
      if (standing === undefined) return refused('not_found');
      const { head, line, state } = standing;
      const view = entryView(viewedNow(head, line), state, today);
      if (view === undefined) return refused('not_found');
      const status = entryMachine.next(view.status, act);
      if (status === undefined) return refused('state_conflict', `条目现为 ${view.status}，不能这样做`);
      if (act === 'remove' && head.disputes.length > 0)
        return refused('state_conflict', '争议未决，不得移出；可以暂停');
      if (act === 'reinstate' && !consentLives(head, today)) return refused('state_conflict', '没有有效授权，不能恢复');

      const at = call.now.toISOString();
      const { listedOn, validUntil, version } = view;
      const reason = actsOn[act];
      const changed = {
        ...head,
        entry: { status, version, listedOn, validUntil, at, ...(status !== 'listed' && { reason }) },
        ...(act === 'remove' && { opinions: [] }),
      };
      const outcome = done({ ...view, status });
      const writes = enterpriseWrites(
        head,
        {
          state: changed,
          events: [actEvent(act, changed.entry, head)],
          audit: { actor: actorOf(call.caller), action: `whitelist.${act}`, outcome: status, reason: call.body.reason },
        },
        call,
      );
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}
