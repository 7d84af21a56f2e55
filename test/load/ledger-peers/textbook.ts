import { absent, type Table, type Write } from '../../../packages/table.ts';

/**
 * The ledger that most descriptions of DynamoDB build: one transaction a posting, with the transaction, its two entries
 * and the two accounts that it changes. The cap is the debited account's condition.
 */
export async function postTextbook(
  table: Table,
  posting: { fundId: string; loanId: string; bankId: string; fen: number; cap: number },
): Promise<'posted' | 'refused'> {
  const { fundId, loanId, bankId, fen, cap } = posting;
  const entry = (side: string, account: string): Write => ({
    kind: 'put',
    item: { pk: `TXN#${fundId}#${loanId}`, sk: `ENTRY#${side}`, account: `${account}/${bankId}`, fen },
    condition: absent,
  });
  const written = await table.transact([
    { kind: 'put', item: { pk: `TXN#${fundId}#${loanId}`, sk: 'TXN', fundId, loanId, bankId, fen }, condition: absent },
    entry('D', '9001'),
    entry('C', '9002'),
    {
      kind: 'update',
      key: { pk: `ACCOUNT#${fundId}#9001`, sk: 'BALANCE' },
      update: {
        expression: 'ADD balance :fen',
        names: { '#b': 'balance' },
        values: { ':fen': fen, ':room': cap - fen },
      },
      condition: 'attribute_not_exists(#b) OR #b <= :room',
    },
    {
      kind: 'update',
      key: { pk: `ACCOUNT#${fundId}#9002`, sk: 'BALANCE' },
      update: { expression: 'ADD balance :fen', values: { ':fen': -fen } },
    },
  ]);
  return written.kind === 'written' ? 'posted' : 'refused';
}
