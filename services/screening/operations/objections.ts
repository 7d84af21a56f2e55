import { inPartition } from '#packages/table';
import { mayReach } from '#packages/access';
import { addWorkingDays } from '#packages/calendar/working-days';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Objection, routes } from '../contract.ts';
import { objectionMachine } from '../machines.ts';
import { objectionDays } from '../policy.ts';
import { enterpriseWrites, getHead } from '../store/enterprise.ts';
import {
  decideWrite,
  fileWrites,
  getObjection as readObjection,
  getObjections,
  objectionsKey,
} from '../store/objection.ts';
import { actorOf, type Deps, todayOf } from './context.ts';
import { nextOf, startOf } from './read-enterprises.ts';
import { belongs } from './record-consent.ts';

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

/** The city closes an objection: the mark goes, the entry stays what it is until a person or a run changes it. */
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
      const change = { state: { ...head, disputes }, audit, beside: [decideWrite(decided)] };
      const outcome = done(decided);
      const written = await commit(table, enterpriseWrites(head, change, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

export function getObjection({ table }: Deps): Operation<typeof routes.getObjection> {
  return async ({ params, caller }) => {
    const objection = await readObjection(table, params.objectionId);
    const head = objection && (await getHead(table, objection.uscc));
    if (objection === undefined || head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    return done(objection);
  };
}

export function listObjections({ table }: Deps): Operation<typeof routes.listObjections> {
  return async ({ query, position, seal }) => {
    const condition = inPartition(objectionsKey);
    const page = await table.page({ condition, newestFirst: true }, query.pageSize, startOf(position));
    const refs = page.items.map((item) => ({ objectionId: String(item['objectionId']), uscc: String(item['uscc']) }));
    return done({ items: await getObjections(table, refs), nextCursor: nextOf(page, seal) });
  };
}

function clocks(today: string) {
  const own = addWorkingDays(today, objectionDays.own);
  const reply = addWorkingDays(today, objectionDays.providerReply);
  const provider = addWorkingDays(today, objectionDays.provider);
  const provisional = own.provisional || reply.provisional || provider.provisional;
  return { ownCheckBy: own.date, providerReplyBy: reply.date, decideBy: provider.date, provisional };
}
