import { todayOf } from '#packages/calendar';
import type { AuditActor } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import { sources as specs } from '../facts.ts';
import { deliveryMachine } from '../machines.ts';
import { type DeliveredAnswer, type Delivery, type DeliveryFinding, readDelivery } from '../sources/file.ts';
import { deliveryEvent, deliveryFile, type DeliveryHead, getDelivery, putDelivery } from '../store/delivery.ts';
import { dueNow } from '../store/due.ts';
import { enterprisePk, enterpriseWrites, getHeads, type Head } from '../store/enterprise.ts';
import { type FactsRef, factsWrite, type SourceName, type SourceSpec } from '../store/facts.ts';
import { fileFollowing } from '../store/source.ts';
import type { Vault } from '../vault.ts';
import { type Context, type Deps } from './context.ts';
import type { OpenSources } from './hear-each.ts';
import { mayAsk, saidNow } from './hear-sources.ts';
import { dataKeyOf } from './stored-facts.ts';

/** Lines that one delivery of the queue takes; the next goes on from there. */
const linesPerPage = 1_000;
const findingsKept = 200;

type Taking = Pick<Deps, 'table' | 'files' | 'vault'> & { sources: OpenSources };

/**
 * Writes down what the next lines of a delivered file say of enterprises that let us know it; they are due at once then.
 * Lines that were taken already say nothing new, so a page that is started again comes to the same.
 */
export function takeDelivery(deps: Taking) {
  return async (
    { deliveryId, afterLine }: { deliveryId: string; afterLine: number },
    sequence: number,
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const head = await getDelivery(deps.table, deliveryId);
    if (head === undefined) throw new Error(`delivery ${deliveryId} is not there yet`);
    // Read to its end before, by a delivery whose receipt this one will find.
    if (deliveryMachine.next(head.status, 'finish') === undefined) return outcome;
    const page = { head, afterLine, sequence, context };
    const bytes = await deps.files.get(deliveryFile(deliveryId));
    const receivedAt = new Date(head.receivedAt);
    const writes =
      head.source === 'credit'
        ? await takePage(deps, specs.credit, page, readDelivery(bytes, specs.credit.schema, receivedAt))
        : await takePage(deps, specs.ip, page, readDelivery(bytes, specs.ip.schema, receivedAt));
    await commit(deps.table, writes, context.receipt, outcome);
    return outcome;
  };
}

type Page = { head: DeliveryHead; afterLine: number; sequence: number; context: Context };

/** The steps that say how far the file has been read, and hand on the rest. */
async function takePage<Data>(
  deps: Taking,
  spec: SourceSpec<Data>,
  { head, afterLine, sequence, context }: Page,
  file: Delivery<Data>,
): Promise<Write[]> {
  // A file of one person must not outweigh what the source says itself.
  const usable = deps.sources[head.source]().feed === undefined ? file : hasInterface;
  if (usable.kind === 'refused') {
    const { code, message } = usable;
    const status = deliveryMachine.next(head.status, 'refuse') ?? head.status;
    return [putDelivery({ ...head, status, error: { code, message } })];
  }
  const { answers, findings, lastLine, more } = nextLines(usable.lines, afterLine);
  const counts = await takeAnswers(deps, spec, answers, head, context);
  const status = more ? head.status : (deliveryMachine.next(head.status, 'finish') ?? head.status);
  const read: DeliveryHead = {
    ...head,
    status,
    lines: head.lines + answers.length + findings.length,
    taken: head.taken + counts.taken,
    unchanged: head.unchanged + counts.unchanged,
    notOurs: head.notOurs + counts.notOurs,
    rejected: head.rejected + findings.length,
    findings: [...head.findings, ...findings].slice(0, findingsKept),
  };
  return [putDelivery(read), ...(more ? [deliveryEvent(head.deliveryId, sequence + 1, lastLine, context.now)] : [])];
}

const hasInterface = {
  kind: 'refused',
  code: 'source_has_interface',
  message: '该数据源已有接口，不接收文件交付',
} as const;

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

/** What becomes of a line: steps to write, or a word where there is nothing to write. */
type Taken = { isNew: boolean; writes: Write[] };
const countedAs = { 'not-ours': 'notOurs', known: 'unchanged', 'taken-before': 'taken' } as const;

async function takeAnswers<Data>(
  { table, vault }: Taking,
  spec: SourceSpec<Data>,
  answers: readonly DeliveredAnswer<Data>[],
  delivery: DeliveryHead,
  context: Context,
) {
  const counts = { taken: 0, unchanged: 0, notOurs: 0 };
  const usccs = new Set(answers.map(({ uscc }) => uscc));
  await untilSettled(async () => {
    const heads = await getHeads(table, [...usccs]);
    let batch: (Taken & { line: DeliveredAnswer<unknown> })[] = [];
    const write = async () => {
      const writes = batch.flatMap((taken) => taken.writes);
      const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
      if (written === 'written') {
        for (const { line, isNew } of batch) {
          counts[isNew ? 'taken' : 'unchanged'] += 1;
          usccs.delete(line.uscc);
        }
      }
      batch = [];
    };
    for (const line of answers) {
      if (!usccs.has(line.uscc)) continue;
      const head = heads.get(line.uscc);
      const taken =
        head === undefined ? 'not-ours' : await takeAnswer(vault, head, spec.name, line.answer, delivery, context);
      if (typeof taken === 'string') {
        counts[countedAs[taken]] += 1;
        usccs.delete(line.uscc);
        continue;
      }
      const steps = batch.reduce((sum, one) => sum + one.writes.length, taken.writes.length);
      if (steps > maxTransactionSteps) await write();
      batch.push({ line, ...taken });
    }
    await write();
    return usccs.size === 0 ? 'settled' : 'moved';
  });
  return counts;
}

/** What a line says of an enterprise that lets us know it; one that only confirms what is known is written down so. */
async function takeAnswer<Data>(
  vault: Vault,
  head: Head,
  source: SourceName,
  answer: DeliveredAnswer<Data>['answer'],
  { deliveryId, receivedFrom, receivedAt }: DeliveryHead,
  context: Context,
): Promise<Taken | keyof typeof countedAs> {
  const { uscc, consent } = head;
  // What came before the consent there is now came under none, or under one that was withdrawn.
  if (!mayAsk(head, source, todayOf(context.now)) || (consent?.since ?? '') > receivedAt) return 'not-ours';
  const before = head.facts[source];
  if (before?.fetchedAt === receivedAt) return 'taken-before';
  const isKept = head.dataKey !== undefined && (await vault.holds(uscc, head.dataKey));
  const { ref, toKeep } = saidNow(head, source, answer, { following: fileFollowing, isKept });
  if (ref === undefined || isOlder(before, ref)) return 'known';
  const dataKey = await dataKeyOf(vault, head);
  const place = { pk: enterprisePk(uscc), uscc, dataKey };
  const state = {
    ...head,
    facts: { ...head.facts, [source]: ref },
    dataKey,
    dueOn: toKeep === undefined ? head.dueOn : dueNow,
  };
  const actor: AuditActor = { type: 'person', ...receivedFrom };
  const audit = {
    actor,
    action: 'facts.deliver',
    outcome: toKeep === undefined ? 'confirmed' : 'done',
    reason: deliveryId,
  };
  const beside = toKeep === undefined ? [] : [await factsWrite(vault, place, source, toKeep)];
  return { isNew: toKeep !== undefined, writes: enterpriseWrites(head, { state, audit, beside }, context) };
}

/** A file that comes late says nothing about today. */
function isOlder(before: FactsRef | undefined, ref: FactsRef): boolean {
  if (before === undefined) return false;
  const observed = (ref.observedAt ?? '') < (before.observedAt ?? '');
  return observed || ref.confirmedAt < before.confirmedAt;
}
