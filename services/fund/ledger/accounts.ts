/**
 * The chart of accounts of a book, one book per fund. `normal` is the side on which a balance stands; `party` says what
 * the account is divided by, if anything. Balances per case are kept with the case, not in the book's snapshot: a book
 * keeps some sixty balances, however many loans it covers. `mirrors` marks the contra side of a memo account: it always
 * holds just the opposite, for each party, so that a snapshot need not repeat it.
 */
export type Account = {
  code: string;
  name: string;
  normal: 'debit' | 'credit';
  party?: 'depository' | 'fund' | 'contributor' | 'bank' | 'party' | 'case';
  /** May stand on either side: what one fund has given the other stands on the other side of that one's book. */
  eitherSide?: true;
  mirrors?: string;
};

const chart: readonly Account[] = [
  { code: '1002', name: '专户存款', normal: 'debit', party: 'depository' },
  { code: '1003', name: '在途资金', normal: 'credit', party: 'depository' },
  { code: '1009', name: '资金池往来', normal: 'debit', party: 'fund', eitherSide: true },
  { code: '1131', name: '应收出资', normal: 'debit', party: 'contributor' },
  { code: '1221', name: '应收代偿款', normal: 'debit', party: 'case' },
  { code: '2201', name: '应付补偿款', normal: 'credit', party: 'bank' },
  { code: '2202', name: '应付追偿分配款', normal: 'credit', party: 'party' },
  { code: '2203', name: '应付退还出资', normal: 'credit', party: 'contributor' },
  { code: '2204', name: '待查收款', normal: 'credit' },
  { code: '3101', name: '实收出资', normal: 'credit', party: 'contributor' },
  { code: '3102', name: '已分担损失', normal: 'debit', party: 'contributor' },
  { code: '3103', name: '累计收益', normal: 'credit', party: 'contributor' },
  { code: '4101', name: '利息收入', normal: 'credit' },
  { code: '4201', name: '核销后收回', normal: 'credit' },
  { code: '5101', name: '补偿损失', normal: 'debit' },
  { code: '5102', name: '手续费及追偿费用', normal: 'debit' },
  { code: '9001', name: '在保责任', normal: 'debit', party: 'bank' },
  { code: '9002', name: '在保责任（对方）', normal: 'credit', party: 'bank', mirrors: '9001' },
  { code: '9003', name: '在保本金', normal: 'debit', party: 'bank' },
  { code: '9004', name: '在保本金（对方）', normal: 'credit', party: 'bank', mirrors: '9003' },
  { code: '9005', name: '索赔中责任', normal: 'debit', party: 'bank' },
  { code: '9006', name: '索赔中责任（对方）', normal: 'credit', party: 'bank', mirrors: '9005' },
  { code: '9007', name: '已核销仍追偿', normal: 'debit', party: 'bank' },
  { code: '9008', name: '已核销仍追偿（对方）', normal: 'credit', party: 'bank', mirrors: '9007' },
  { code: '9009', name: '净赔付', normal: 'debit', party: 'bank' },
  { code: '9010', name: '净赔付（对方）', normal: 'credit', party: 'bank', mirrors: '9009' },
  // Of funds that city and county hold together: the county by the name under which it contributes.
  { code: '9011', name: '县区净承担', normal: 'debit', party: 'contributor' },
  { code: '9012', name: '县区净承担（对方）', normal: 'credit', party: 'contributor', mirrors: '9011' },
  { code: '9013', name: '市级代县区支付', normal: 'debit', party: 'contributor' },
  { code: '9014', name: '市级代县区支付（对方）', normal: 'credit', party: 'contributor', mirrors: '9013' },
];

export const accounts: ReadonlyMap<string, Account> = new Map(chart.map((account) => [account.code, account]));

/** Memo accounts say what the fund answers for; no money stands behind them. */
export function isMemo(code: string): boolean {
  return code.startsWith('9');
}

/** The special account that a fund has when nobody names another. */
export const mainDepository = 'main';
