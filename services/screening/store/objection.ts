import type { Key, Table, Write } from '#packages/table';
import { absent } from '#packages/table';
import { Objection } from '../contract.ts';
import { enterprisePk } from './enterprise.ts';

/** All objections, newest first; what an enterprise wrote lies in its own partition only. */
export const objectionsKey = 'INDEX#OBJECTIONS';
/** Those that nobody has decided on, by the day on which their first clock runs out. */
export const openObjectionsKey = 'INDEX#OBJECTIONS#OPEN';
/** An enterprise's own, in its partition, newest first. */
export const ownObjectionsPrefix = 'OBJECTED#';
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
  const ref = { objectionId, uscc };
  return [
    { kind: 'put', item: { ...itemKey(uscc, objectionId), ...objection }, condition: absent },
    { kind: 'put', item: { ...refKey(objectionId), uscc } },
    { kind: 'put', item: { pk: objectionsKey, sk: `${filedAt}#${objectionId}`, ...ref } },
    { kind: 'put', item: { ...openKey(objection), ...ref } },
    { kind: 'put', item: { pk: enterprisePk(uscc), sk: `${ownObjectionsPrefix}${filedAt}#${objectionId}`, ...ref } },
  ];
}

function openKey({ ownCheckBy, filedAt, objectionId }: Objection): Key {
  return { pk: openObjectionsKey, sk: `${ownCheckBy}#${filedAt}#${objectionId}` };
}

/** Write the decision down; refused where somebody has decided already. */
export function decideWrites(objection: Objection): Write[] {
  return [
    {
      kind: 'put',
      item: { ...itemKey(objection.uscc, objection.objectionId), ...objection },
      condition: { expression: '#status = :open', names: { '#status': 'status' }, values: { ':open': 'open' } },
    },
    { kind: 'delete', key: openKey(objection) },
  ];
}
