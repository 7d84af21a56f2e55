import type { Key, Table, Write } from '#packages/table';
import { absent } from '#packages/table';
import { Objection } from '../contract.ts';
import { enterprisePk } from './enterprise.ts';

/** All objections, newest first; what an enterprise wrote lies in its own partition only. */
export const objectionsKey = 'INDEX#OBJECTIONS';
const refKey = (objectionId: string): Key => ({ pk: `OBJECTION#${objectionId}`, sk: 'REF' });
const itemKey = (uscc: string, objectionId: string): Key => ({
  pk: enterprisePk(uscc),
  sk: `OBJECTION#${objectionId}`,
});

export async function getObjection(table: Table, objectionId: string): Promise<Objection | undefined> {
  const ref = await table.get(refKey(objectionId));
  const [found] =
    typeof ref?.['uscc'] === 'string' ? await getObjections(table, [{ objectionId, uscc: ref['uscc'] }]) : [];
  return found;
}

/** Objections in the order they are named. */
export async function getObjections(
  table: Table,
  refs: readonly { objectionId: string; uscc: string }[],
): Promise<Objection[]> {
  const items = await table.getMany(refs.map(({ uscc, objectionId }) => itemKey(uscc, objectionId)));
  const found = new Map(
    items.map(({ pk: _pk, sk: _sk, ...item }) => Objection.parse(item)).map((one) => [one.objectionId, one]),
  );
  return refs.flatMap(({ objectionId }) => found.get(objectionId) ?? []);
}

export function fileWrites(objection: Objection): Write[] {
  const { objectionId, uscc, filedAt } = objection;
  return [
    { kind: 'put', item: { ...itemKey(uscc, objectionId), ...objection }, condition: absent },
    { kind: 'put', item: { ...refKey(objectionId), uscc } },
    { kind: 'put', item: { pk: objectionsKey, sk: `${filedAt}#${objectionId}`, objectionId, uscc } },
  ];
}

/** Writes the decision down; refused where somebody has decided already. */
export function decideWrite(objection: Objection): Write {
  return {
    kind: 'put',
    item: { ...itemKey(objection.uscc, objection.objectionId), ...objection },
    condition: { expression: '#status = :open', names: { '#status': 'status' }, values: { ':open': 'open' } },
  };
}
