import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import type { Item, Key, Table, Write } from '#packages/table';
import { RuleResult, Screening } from '../contract.ts';
import type { Evaluation } from '../rules/engine.ts';
import { evidenceOf } from '../rules/telling.ts';
import { enterprisePk, Head, supersededPrefix } from './enterprise.ts';

/** What has been decided about an enterprise, and what its counties had said of it by then. */

export const decisionPrefix = 'SCREENING#';

function decisionKey(uscc: string, decidedAt: string, screeningId: string): Key {
  return { pk: enterprisePk(uscc), sk: `${decisionPrefix}${decidedAt}#${screeningId}` };
}

/**
 * What every rule said, as one text: nobody looks for a part of it, and as a tree of attributes it would be twice as large
 * and take most of the time that writing a decision takes. The records that rules rest on stand in it once.
 */
const Trace = z.object({
  records: z.array(RuleResult.shape.evidence.element),
  rules: z.array(z.tuple([z.string(), RuleResult.shape.outcome, z.string(), z.array(z.int())])),
  unknowns: Screening.shape.unknowns,
});

const TraceText = jsonText(Trace);

/** What a decision tells of its evaluation: outcomes, reasons and what they rest on, without the facts themselves. */
export function toldOf({ rules, records, unknowns, score }: Evaluation) {
  return {
    rules: rules.map(({ id, outcome, reason, sources }) => {
      return { id, outcome, reason, evidence: evidenceOf(records, sources) };
    }),
    unknowns: [...unknowns],
    ...(score !== undefined && {
      score: {
        points: score.points,
        possible: score.possible,
        ...(score.tier !== undefined && { tier: score.tier }),
      },
    }),
  };
}

/** The step that writes a decision down. */
export function decisionWrite(uscc: string, { rules, unknowns, ...decision }: Screening): Write {
  const records = new Map(
    rules.flatMap(({ evidence }) => evidence).map((one) => [`${one.source} ${one.recordId}`, one]),
  );
  const places = [...records.keys()];
  const trace: z.input<typeof Trace> = {
    records: [...records.values()],
    rules: rules.map(({ id, outcome, reason, evidence }) => [
      id,
      outcome,
      reason,
      evidence.map(({ source, recordId }) => places.indexOf(`${source} ${recordId}`)),
    ]),
    unknowns,
  };
  const key = decisionKey(uscc, decision.decidedAt, decision.screeningId);
  return { kind: 'put', item: { ...key, ...decision, trace: JSON.stringify(trace) } };
}

/** A decision as its item keeps it. */
export function decisionOf({ pk: _pk, sk: _sk, trace, ...decision }: Item): Screening {
  const { records, rules, unknowns } = TraceText.parse(trace);
  return Screening.parse({
    ...decision,
    rules: rules.map(([id, outcome, reason, places]) => {
      return { id, outcome, reason, evidence: places.flatMap((place) => records[place] ?? []) };
    }),
    ...(unknowns !== undefined && { unknowns }),
  });
}

/** The last decision made by an instant. */
export async function decisionAt(table: Table, uscc: string, until: string): Promise<Screening | undefined> {
  const [last] = await decisionsUntil(table, uscc, until, 1);
  return last;
}

/** The last decisions made by an instant, newest first. */
export async function decisionsUntil(table: Table, uscc: string, until: string, atMost: number): Promise<Screening[]> {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': enterprisePk(uscc), ':from': decisionPrefix, ':to': `${decisionPrefix}${until}~` },
  };
  return (await table.page({ condition, newestFirst: true }, atMost)).items.map(decisionOf);
}

const Superseded = z.object({ until: z.string(), nominations: Head.shape.nominations });

/**
 * The enterprise as its counties had named it by an instant; undefined where none had. What a later nomination replaced
 * was kept when it did, so the oldest such item after that instant tells what stood then.
 */
export async function nominatedAt(table: Table, head: Head, until: string): Promise<Head | undefined> {
  if (head.createdAt > until) return undefined;
  const [next] = await supersededAfter(table, head, until, 1);
  return { ...head, nominations: next ?? head.nominations };
}

/** What stood at an instant and after it, oldest first, what stands now last. */
export async function nominationsSince(table: Table, head: Head, since: string, atMost: number): Promise<Head[]> {
  const superseded = await supersededAfter(table, head, since, atMost);
  return [...superseded, head.nominations].map((nominations) => ({ ...head, nominations }));
}

async function supersededAfter(table: Table, { uscc }: Head, instant: string, atMost: number) {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': enterprisePk(uscc), ':from': `${supersededPrefix}${instant}~`, ':to': `${supersededPrefix}~` },
  };
  const { items } = await table.page({ condition }, atMost);
  return items.map((item) => Superseded.parse(item).nominations);
}
