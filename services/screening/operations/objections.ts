import { filledPage } from '#packages/paging';
import { todayOf } from '#packages/calendar';
import { actorOf } from '#packages/audit';
import { type Condition, inPartition, type Item } from '#packages/table';
import { type Caller, mayReach } from '#packages/access';
import { addWorkingDays } from '#packages/calendar/working-days';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Objection, routes } from '../contract.ts';
import { objectionMachine } from '../machines.ts';
import { objectionDays } from '../policy.ts';
import { dueNow } from '../store/due.ts';
import { enterprisePk, enterpriseWrites, getHead, getHeads } from '../store/enterprise.ts';
import {
  decideWrites,
  fileWrites,
  getObjection as readObjection,
  getObjections,
  objectionsKey,
  openObjectionsKey,
  ownObjectionsPrefix,
} from '../store/objection.ts';
import { type Deps } from './context.ts';
import { belongs } from './record-consent.ts';

/** What few objections pass is looked for in so many requests at the most. */
const requestsPerCall = 10;

/** An enterprise objects to a record about it. The mark is there at once; the clocks of the law start (Art. 41). */
export function fileObjection({ table, newId }: Deps): Operation<typeof routes.fileObjection> {
  return async (call) => {
    const { body, caller, now } = call;
    if (!mayReach(caller, { uscc: body.uscc })) return refused('forbidden', '只能就本企业的记录提出异议');
    const objectionId = newId('objection');
    return untilSettled(async () => {
      const head = await getHead(table, body.uscc);
      if (head === undefined) return refused('not_found');
      const objection: Objection = {
        objectionId,
        ...body,
        status: objectionMachine.initial,
        filedAt: now.toISOString(),
        ...clocks(todayOf(now)),
      };
      const disputes = [...head.disputes, { objectionId, recordRef: body.recordRef }];
      const audit = { actor: actorOf(caller), action: 'objection.file', outcome: 'open', reason: body.recordRef };
      const change = { state: { ...head, disputes }, audit, beside: fileWrites(objection) };
      const outcome = done(objection, `/v1/objections/${objectionId}`);
      const written = await commit(table, enterpriseWrites(head, change, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
  };
}

/**
 * The city closes an objection: the mark goes, the entry stays what it is until a person or a run changes it. What was
 * corrected is asked for anew by the next run.
 */
export function decideObjection({ table }: Deps): Operation<typeof routes.decideObjection> {
  return async (call) =>
    untilSettled(async () => {
      const objection = await readObjection(table, call.params.objectionId);
      const head = objection && (await getHead(table, objection.uscc));
      if (objection === undefined || head === undefined) return refused('not_found');
      const status = objectionMachine.next(objection.status, 'decide');
      if (status === undefined) return refused('state_conflict', '该异议已办结');
      const decided: Objection = { ...objection, status, ...call.body, decidedAt: call.now.toISOString() };
      const disputes = head.disputes.filter((dispute) => dispute.objectionId !== objection.objectionId);
      const { decision, reason } = call.body;
      const audit = { actor: actorOf(call.caller), action: 'objection.decide', outcome: decision, reason };
      const state = { ...head, disputes, ...(decision === 'corrected' && { dueOn: dueNow }) };
      const change = { state, audit, beside: decideWrites(decided) };
      const outcome = done(decided);
      const written = await commit(table, enterpriseWrites(head, change, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

export function getObjection({ table }: Deps): Operation<typeof routes.getObjection> {
  return async ({ params, caller, now }) => {
    const objection = await readObjection(table, params.objectionId);
    const head = objection && (await getHead(table, objection.uscc));
    if (objection === undefined || head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    return done(withClock(objection, todayOf(now)));
  };
}

/** Objections that the caller may read; those of its own company, where it is bound to one. */
export function listObjections({ table }: Deps): Operation<typeof routes.listObjections> {
  return async ({ query, caller, now, position, seal }) => {
    const today = todayOf(now);
    const own = caller.kind === 'person' && caller.role === 'enterprise-user' ? (caller.uscc ?? '') : undefined;
    const uscc = query.uscc ?? own;
    if (uscc !== undefined) {
      const head = await getHead(table, uscc);
      if (!mayReach(caller, head === undefined ? { uscc } : belongs(head))) return refused('forbidden');
    }
    const wanted = { condition: placeOf(uscc, query.overdue !== undefined, today), newestFirst: true };
    const linesOf = async (items: Item[]) => {
      const dated = (await readable(items, caller)).map((objection) => withClock(objection, today));
      return dated.filter(({ overdue }) => query.overdue === undefined || overdue !== undefined);
    };
    const asked = { pageSize: query.pageSize, position, seal };
    return done(await filledPage(table, wanted, asked, linesOf, requestsPerCall));
  };

  async function readable(items: readonly Item[], caller: Caller): Promise<Objection[]> {
    const refs = items.map((item) => ({ objectionId: String(item['objectionId']), uscc: String(item['uscc']) }));
    const heads = await getHeads(
      table,
      refs.map((ref) => ref.uscc),
    );
    const reached = refs.filter(({ uscc }) => {
      const head = heads.get(uscc);
      return head !== undefined && mayReach(caller, belongs(head));
    });
    return getObjections(table, reached);
  }
}

/** The narrowest place that holds what is asked for: an enterprise's own, those whose first clock has run out, all. */
function placeOf(uscc: string | undefined, overdue: boolean, today: string): Condition {
  if (uscc !== undefined) return inPartition(enterprisePk(uscc), ownObjectionsPrefix);
  if (!overdue) return inPartition(objectionsKey);
  return { expression: 'pk = :pk AND sk < :today', values: { ':pk': openObjectionsKey, ':today': today } };
}

/** A day that is given for a step is the last on which it is in time. */
function withClock(objection: Objection, today: string): Objection {
  const { status, ownCheckBy, decideBy } = objection;
  if (status !== 'open' || today <= ownCheckBy) return objection;
  return { ...objection, overdue: today > decideBy ? 'decision' : 'own-check' };
}

function clocks(today: string) {
  const own = addWorkingDays(today, objectionDays.own);
  const reply = addWorkingDays(today, objectionDays.providerReply);
  const provider = addWorkingDays(today, objectionDays.provider);
  const provisional = own.provisional || reply.provisional || provider.provisional;
  return { ownCheckBy: own.date, providerReplyBy: reply.date, decideBy: provider.date, provisional };
}
