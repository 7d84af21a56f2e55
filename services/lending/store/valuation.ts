import * as z from 'zod';
import { type AggregateChange, aggregateWrites, getHeld, type Held, type Kind } from '#packages/aggregate';
import { sha256 } from '#packages/audit';
import { jsonText } from '#packages/json-text';
import { absent, inPartition, type Item, type Query, type Table, type Write } from '#packages/table';
import { Valuation, ValuationLine } from '../contract/valuation-schemas.ts';

const { status: _derived, ...fields } = Valuation.shape;

/** A valuation with all of its inputs: nothing of it changes but that another takes its place. */
export const StoredValuation = z.strictObject(fields);
export type StoredValuation = z.output<typeof StoredValuation>;

export const valuationKind: Kind<StoredValuation> = {
  service: 'lending',
  name: 'valuation',
  state: StoredValuation,
  idOf: ({ valuationId }) => valuationId,
};

const { status: _too, ...lineFields } = ValuationLine.shape;
const StoredLine = z.strictObject({ ...lineFields, supersededBy: Valuation.shape.supersededBy });
export type StoredLine = z.output<typeof StoredLine>;
const LineItem = z.object({ line: jsonText(StoredLine) });

/** One bank's same valuation of the same inputs has the same id, so that it is there once. */
export function valuationIdOf(partnerId: string, inputsDigest: string): string {
  return `val-${sha256({ partnerId, inputsDigest }).slice(0, 32)}`;
}

export function getValuation(table: Table, valuationId: string): Promise<Held<StoredValuation> | undefined> {
  return getHeld(table, valuationKind, valuationId);
}

/** The valuation of a right that holds for a bank by now, expired or not. */
export async function currentValuation(
  table: Table,
  key: string,
  partnerId: string,
): Promise<Held<StoredValuation> | undefined> {
  const item = await table.get(currentKey(key, partnerId));
  if (item === undefined) return undefined;
  const { valuationId } = z.object({ valuationId: z.string() }).parse(item);
  const held = await getValuation(table, valuationId);
  if (held === undefined) throw new Error(`${valuationId} holds and does not exist`);
  return held;
}

/** All valuations of a right, or one bank's, newest first of each bank. */
export function valuationsOf(key: string, partnerId?: string): Query {
  const prefix = partnerId === undefined ? linePrefix : `${linePrefix}${partnerId}#`;
  return {
    condition: inPartition(rightPk(key), prefix),
    newestFirst: true,
  };
}

export function readLine(item: Item): StoredLine {
  return LineItem.parse(item).line;
}

type Change = { state: StoredValuation; actor: AggregateChange<StoredValuation>['audit']['actor'] };

/** The steps by which a valuation comes to hold, in the place of the one that did. */
export function valuationWrites(
  key: string,
  { state, actor }: Change,
  before: Held<StoredValuation> | undefined,
  context: { now: Date; requestId: string },
): Write[] {
  const { valuationId, partnerId } = state;
  const audit = { actor, action: 'valuation.record', outcome: 'current' };
  const place: Write = {
    kind: 'put',
    item: { ...currentKey(key, partnerId), valuationId },
    condition:
      before === undefined
        ? absent
        : { expression: 'valuationId = :before', values: { ':before': before.state.valuationId } },
  };
  const writes = [
    ...aggregateWrites(valuationKind, undefined, { state, audit }, context),
    place,
    lineWrite(key, state),
  ];
  if (before === undefined) return writes;
  const old = { ...before.state, supersededBy: valuationId };
  const ended = { actor, action: 'valuation.supersede', outcome: 'superseded' };
  return [
    ...writes,
    ...aggregateWrites(valuationKind, before, { state: old, audit: ended }, context),
    lineWrite(key, old),
  ];
}

const linePrefix = 'OF#';
const rightPk = (key: string) => `VALUED#${key}`;
const currentKey = (key: string, partnerId: string) => ({ pk: rightPk(key), sk: `CURRENT#${partnerId}` });

function lineWrite(key: string, { inputs, conclusion, ...state }: StoredValuation): Write {
  const { valuationId, partnerId, createdAt, validUntil, supersededBy } = state;
  const { right, purpose, valuedOn } = inputs;
  const line = z.encode(StoredLine, {
    valuationId,
    partnerId,
    createdAt,
    validUntil,
    right,
    purpose,
    valuedOn,
    valueFen: conclusion.valueFen,
    ...(supersededBy !== undefined && { supersededBy }),
  });
  const sk = `${linePrefix}${partnerId}#${createdAt}#${valuationId}`;
  return { kind: 'put', item: { pk: rightPk(key), sk, line: JSON.stringify(line) } };
}
