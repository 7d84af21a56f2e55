import { commit } from '#packages/commit';
import { done, type Outcome } from '#packages/outcome';
import type { Table, Write } from '#packages/table';
import { homeDivision } from '../domain.ts';
import type { PolicyBook } from '../policy-book.ts';
import { lineAt, type PolicyLine, released } from '../policy-line.ts';
import type { CompiledPolicy, Evaluation } from '../rules/engine.ts';
import { cityIndex, codesIn, divisionIndex, getHeads } from '../store/enterprise.ts';
import {
  type Balance,
  type Changed,
  getImpact,
  impactChunkEvent,
  impactChunkResult,
  impactDealtOut,
  impactEvent,
  type ImpactChunk,
  type ImpactHead,
} from '../store/impact.ts';
import { getPolicies } from '../store/policy.ts';
import type { Context, Deps } from './context.ts';
import type { FactsOf } from './stored-facts.ts';

/**
 * Enterprises per chunk: nobody is asked about them, so that more fit than in a run's. Chunks per page: with its own
 * continuation and receipt, a page fits one transaction.
 */
const usualSizes = { chunkSize: 100, chunksPerPage: 40 };

/** Deals out the next page of those whom the policy would judge, and itself on with the page after it. */
export function planImpact({ table }: Pick<Deps, 'table'>, { chunkSize, chunksPerPage } = usualSizes) {
  return async (
    page: { impactId: string; chunk: number; after?: string | undefined },
    sequence: number,
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const impact = await getImpact(table, page.impactId, context.now);
    // Its day is over: whoever wanted it will ask again.
    if (impact === undefined) return outcome;
    const index = impact.divisionCode === undefined ? cityIndex : divisionIndex(impact.divisionCode);
    const { usccs, next } = await codesIn(table, index, chunkSize * chunksPerPage, page.after);
    const writes: Write[] = [];
    for (let start = 0; start < usccs.length; start += chunkSize) {
      const chunk = page.chunk + writes.length;
      writes.push(impactChunkEvent(impact, chunk, usccs.slice(start, start + chunkSize), context.now));
    }
    const chunks = page.chunk + writes.length;
    writes.push(
      next === undefined
        ? impactDealtOut(impact, chunks)
        : impactEvent(impact, sequence + 1, { chunk: chunks, after: next }, context.now),
    );
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

/**
 * Judges a chunk by the policy in force and by the other one, on the same facts and day. Nothing is written but the
 * comparison, and started again it comes to the same.
 */
export function compareChunk({ table, book, factsOf }: Pick<Deps, 'table'> & { book: PolicyBook; factsOf: FactsOf }) {
  return async (
    chunk: { impactId: string; chunk: number; usccs: string[] },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const impact = await getImpact(table, chunk.impactId, context.now);
    if (impact === undefined) return outcome;
    const [found, line] = await Promise.all([getHeads(table, chunk.usccs), lineOf(table, impact)]);
    // A county's overlay judges those that it nominated first; others are in its index too.
    const heads = [...found.values()].filter(
      (head) => impact.divisionCode === undefined || homeDivision(head) === impact.divisionCode,
    );
    const facts = await factsOf(heads, impact.day);
    const result: ImpactChunk = { byDivision: {}, byPark: {}, changed: [] };
    for (const head of heads) {
      const known = facts.get(head.uscc);
      if (known === undefined) throw new Error(`nothing was said of the facts about ${head.uscc}`);
      const divisionCode = homeDivision(head);
      const parkId = head.nominations[0]?.parkId;
      const [now, then] = await policiesOf(book, impact, line, divisionCode);
      const change = changeOf(now.evaluate(known, impact.day), then.evaluate(known, impact.day));
      add(result.byDivision, divisionCode, change.kind);
      if (parkId !== undefined) add(result.byPark, parkId, change.kind);
      if (change.kind === 'unchanged') continue;
      const { from, to, reasons } = change;
      result.changed.push({
        uscc: head.uscc,
        divisionCode,
        ...(parkId !== undefined && { parkId }),
        from,
        to,
        reasons,
      });
    }
    await commit(table, [impactChunkResult(impact, chunk.chunk, result)], context.receipt, outcome);
    return outcome;
  };
}

/** The line as it was when the impact was asked for: a release meanwhile must not part the chunks. */
async function lineOf(table: Table, { startedAt }: ImpactHead): Promise<PolicyLine> {
  return lineAt(await getPolicies(table), startedAt);
}

/** What decides on a division's enterprises, and what would: the overlay upon its core, or the core released now. */
function policiesOf(
  book: PolicyBook,
  { version, kind, day, startedAt }: ImpactHead,
  line: PolicyLine,
  divisionCode: string,
): Promise<[CompiledPolicy, CompiledPolicy]> {
  const proposed = released(line, { version, kind: 'core', effectiveFrom: day, releasedAt: startedAt });
  return Promise.all([
    book.inForce(line, day, divisionCode),
    kind === 'overlay' ? book.policy(version) : book.inForce(proposed, day, divisionCode),
  ]);
}

type Change = { kind: 'unchanged' } | ({ kind: 'gained' | 'lost' } & Pick<Changed, 'from' | 'to' | 'reasons'>);

function changeOf(now: Evaluation, then: Evaluation): Change {
  const [from, to] = [now.outcome, then.outcome];
  if ((from === 'pass') === (to === 'pass')) return { kind: 'unchanged' };
  const inTheWay = from === 'pass' ? then : now;
  const reasons = inTheWay.rules.filter((rule) => rule.outcome !== 'pass').map(({ id }) => id);
  return { kind: from === 'pass' ? 'lost' : 'gained', from, to, reasons };
}

function add(balances: Record<string, Balance>, place: string, kind: keyof Balance): void {
  const balance = (balances[place] ??= { gained: 0, lost: 0, unchanged: 0 });
  balance[kind] += 1;
}
