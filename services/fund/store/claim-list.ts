import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import { absent, type Item, type Key, type Query, type Table, type Write } from '#packages/table';
import { ClaimListChecked } from '../contract/claim-list-schemas.ts';

/** What came of a bank's lists, by their day and digest: kept as it was found. */
type Of = { fundId: string; partnerId: string };

const listsPk = ({ fundId, partnerId }: Of) => `CLAIM-LISTS#${fundId}#${partnerId}`;
const keyOf = (of: Of & { asOf: string; digest: string }): Key => ({ pk: listsPk(of), sk: `${of.asOf}#${of.digest}` });
const Stored = z.object({ checked: jsonText(ClaimListChecked) });

export function readCheckedList(item: Item): ClaimListChecked {
  return Stored.parse(item).checked;
}

export async function findCheckedList(
  table: Table,
  of: Of & { asOf: string; digest: string },
): Promise<ClaimListChecked | undefined> {
  const item = await table.get(keyOf(of));
  return item && readCheckedList(item);
}

export function checkedListWrite(checked: ClaimListChecked): Write {
  const item = { ...keyOf(checked), checked: JSON.stringify(z.encode(ClaimListChecked, checked)) };
  return { kind: 'put', item, condition: absent };
}

export function checkedLists(of: Of): Query {
  return { condition: { expression: 'pk = :pk', values: { ':pk': listsPk(of) } }, newestFirst: true };
}
