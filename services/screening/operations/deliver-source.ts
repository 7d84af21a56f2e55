import { createHash } from 'node:crypto';
import type { AuditActor } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, noReceipt, type Outcome, refused } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import type { routes } from '../contract.ts';
import { sources as specs } from '../facts.ts';
import { deliveryMachine } from '../machines.ts';
import { type DeliveredAnswer, type DeliveryFinding, readDelivery } from '../sources/file.ts';
import {
  deliveryEvent,
  deliveryFile,
  type DeliveryHead,
  getDelivery as readDeliveryHead,
  putDelivery,
} from '../store/delivery.ts';
import { dueNow } from '../store/due.ts';
import { enterprisePk, enterpriseWrites, getHeads, type Head } from '../store/enterprise.ts';
import { type BelievedAnswer, factsWrite, type SourceName, type SourceSpec } from '../store/facts.ts';
import { actorOf, type Context, type Deps, todayOf } from './context.ts';
import { mayAsk, saidNow } from './hear-sources.ts';

/** Lines that one delivery of the queue takes; the next goes on from there. */
const linesPerPage = 1_000;
const findingsKept = 200;

/** Takes in a file of a source that grants no interface; reading it is the worker's. */
export function receiveDelivery({ table, files, newId }: Deps): Operation<typeof routes.receiveDelivery> {
  return async (call) => {
    const deliveryId = newId('delivery');
    const { bytes, mediaType } = call.file;
    // A file whose delivery was never recorded is an orphan that nothing refers to; the bucket's lifecycle clears it.
    await files.put(deliveryFile(deliveryId), bytes, mediaType);
    const { type: _type, ...receivedFrom } = actorOf(call.caller);
    const head: DeliveryHead = {
      deliveryId,
      source: call.params.source,
      status: deliveryMachine.initial,
      digest: createHash('sha256').update(bytes).digest('hex'),
      receivedAt: call.now.toISOString(),
      receivedFrom,
      ...{ lines: 0, taken: 0, unchanged: 0, notOurs: 0, rejected: 0, findings: [] },
    };
    const outcome = done({ deliveryId }, `/v1/source-deliveries/${head.source}/${deliveryId}`);
    const writes = [putDelivery(head, true), deliveryEvent(deliveryId, 1, 0, call.now)];
    await commit(table, writes, call.receipt, outcome);
    return outcome;
  };
}

export function getDelivery({ table }: Deps): Operation<typeof routes.getDelivery> {
  return async ({ params }) => {
    const head = await readDeliveryHead(table, params.deliveryId);
    if (head === undefined || head.source !== params.source) return refused('not_found');
    const { receivedFrom: _from, ...view } = head;
    return done(view);
  };
}

/**
 * Writes down what the next lines of a delivered file say of enterprises that let us know it; they are due at once then.
 * Lines that were taken already say nothing new, so a page that is started again comes to the same.
 */
export function takeDelivery({ table, files, vault }: Pick<Deps, 'table' | 'files' | 'vault'>) {
  return async (
    page: { deliveryId: string; afterLine: number },
    sequence: number,
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const head = await readDeliveryHead(table, page.deliveryId);
    if (head === undefined) throw new Error(`delivery ${page.deliveryId} is not there yet`);
    const writes = await takePage(head);
    await commit(table, writes, context.receipt, outcome);
    return outcome;

    async function takePage(before: DeliveryHead): Promise<Write[]> {
      const finish = deliveryMachine.next(before.status, 'finish');
      const refuse = deliveryMachine.next(before.status, 'refuse');
      // Finished before, by a delivery whose receipt this one will find.
      if (finish === undefined || refuse === undefined) return [];
      const bytes = await files.get(deliveryFile(before.deliveryId));
      const { source, receivedAt } = before;
      return source === 'credit'
        ? pageOf(specs.credit, before, readDelivery(bytes, specs.credit.schema, new Date(receivedAt)))
        : pageOf(specs.ip, before, readDelivery(bytes, specs.ip.schema, new Date(receivedAt)));

      async function pageOf<Data>(
        spec: SourceSpec<Data>,
        known: DeliveryHead,
        file: ReturnType<typeof readDelivery<Data>>,
      ): Promise<Write[]> {
        if (file.kind === 'refused') {
          const { code, message } = file;
          return [putDelivery({ ...known, status: refuse ?? known.status, error: { code, message } })];
        }
        const { answers, findings, lastLine, more } = nextLines(file.lines, page.afterLine);
        const taken = await takeAnswers(spec, answers, known, context);
        const result: DeliveryHead = {
          ...known,
          lines: known.lines + answers.length + findings.length,
          taken: known.taken + taken.taken,
          unchanged: known.unchanged + taken.unchanged,
          notOurs: known.notOurs + taken.notOurs,
          rejected: known.rejected + findings.length,
          findings: [...known.findings, ...findings].slice(0, findingsKept),
          ...(!more && finish !== undefined && { status: finish }),
        };
        const onward = more ? [deliveryEvent(known.deliveryId, sequence + 1, lastLine, context.now)] : [];
        return [putDelivery(result), ...onward];
      }
    }
  };

  async function takeAnswers<Data>(
    spec: SourceSpec<Data>,
    answers: readonly DeliveredAnswer<Data>[],
    delivery: DeliveryHead,
    context: Context,
  ) {
    const counts = { taken: 0, unchanged: 0, notOurs: 0 };
    const day = todayOf(context.now);
    const actor: AuditActor = { type: 'person', ...delivery.receivedFrom };
    let left = answers;
    await untilSettled(async () => {
      const heads = await getHeads(
        table,
        left.map(({ uscc }) => uscc),
      );
      const moved: DeliveredAnswer<Data>[] = [];
      let batch: { line: DeliveredAnswer<Data>; writes: Write[] }[] = [];
      const flush = async () => {
        const writes = batch.flatMap((one) => one.writes);
        const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
        if (written === 'moved') moved.push(...batch.map((one) => one.line));
        else counts.taken += batch.length;
        batch = [];
      };
      for (const line of left) {
        const head = heads.get(line.uscc);
        const { answer } = line;
        if (head === undefined || !mayAsk(head, spec.name, day)) counts.notOurs += 1;
        else if (answer.kind !== 'known' && answer.kind !== 'unknown-there') counts.unchanged += 1;
        else {
          const writes = await answerWrites(head, spec.name, answer, { actor, delivery, context });
          if (writes === undefined) counts.unchanged += 1;
          else {
            const steps = batch.reduce((sum, one) => sum + one.writes.length, writes.length);
            if (steps > maxTransactionSteps) await flush();
            batch.push({ line, writes });
          }
        }
      }
      await flush();
      left = moved;
      return moved.length === 0 ? 'settled' : 'moved';
    });
    return counts;
  }

  async function answerWrites<Data>(
    head: Head,
    source: SourceName,
    answer: BelievedAnswer<Data>,
    { actor, delivery, context }: { actor: AuditActor; delivery: DeliveryHead; context: Context },
  ): Promise<Write[] | undefined> {
    const { ref, toKeep } = saidNow(head, source, answer, undefined);
    // An older file that comes late says nothing about today.
    const older = (head.facts[source]?.observedAt ?? '') > (answer.kind === 'known' ? answer.observedAt : '9999');
    if (toKeep === undefined || ref === undefined || older) return undefined;
    const { uscc } = head;
    const dataKey = head.dataKey ?? (await vault.newKey(uscc));
    const kept = await factsWrite(vault, { pk: enterprisePk(uscc), uscc, dataKey }, source, toKeep);
    const state = { ...head, facts: { ...head.facts, [source]: ref }, dataKey, dueOn: dueNow };
    const audit = { actor, action: 'facts.deliver', outcome: 'done', reason: delivery.deliveryId };
    return enterpriseWrites(head, { state, audit, beside: [kept] }, context);
  }
}

/** The lines after `afterLine`, so many at the most. */
function nextLines<Data>(lines: Iterable<DeliveredAnswer<Data> | DeliveryFinding>, afterLine: number) {
  const answers: DeliveredAnswer<Data>[] = [];
  const findings: DeliveryFinding[] = [];
  let lastLine = afterLine;
  for (const one of lines) {
    if (one.line <= afterLine) continue;
    if (answers.length + findings.length === linesPerPage) return { answers, findings, lastLine, more: true };
    if ('answer' in one) answers.push(one);
    else findings.push(one);
    lastLine = one.line;
  }
  return { answers, findings, lastLine, more: false };
}
