import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { Uscc } from '#packages/identifiers';
import { pageOf, pageQuery } from '#packages/pages';
import { alreadyExists, notFound, stateConflict } from '#packages/refusals';
import type { Role } from '#packages/roles';
import { Id } from '#packages/words';
import { loanMachine } from '../machines.ts';
import { ChangedAsset, FiledLoan, ListedLoan, Loan, NewLoan } from './loan-schemas.ts';
import { AssetChange, RightKind, RightNumber } from './right-schemas.ts';

/** Who may see loans, each within its bounds. */
export const loanReaders: readonly Role[] = [
  'bank',
  'city-admin',
  'city-reviewer',
  'county-clerk',
  'county-reviewer',
  'park-manager',
  'enterprise-user',
  'auditor',
];

export const ofLoan = z.strictObject({ loanId: Id });

/** Why a loan cannot be filed with a fund; nothing is stored then. */
export const filingRefusals = {
  enterprise_not_listed: { status: 422, title: '企业备案当日不在白名单上' },
  fund_unknown: { status: 422, title: '没有这个基金' },
  programme_not_in_force: { status: 422, title: '基金当日没有施行中的方案' },
  term_above_max: { status: 422, title: '贷款期限超过方案上限' },
  rate_above_ceiling: { status: 422, title: '贷款利率超过方案上限' },
  ip_share_below_min: { status: 422, title: '知识产权部分占比低于方案下限' },
  right_already_pledged: { status: 422, title: '权利已在另一笔存续的质押中' },
  debt_outlives_right: { status: 422, title: '债务期限超过权利的有效期' },
  filed_after_default: { status: 422, title: '备案过晚，视为违约后备案' },
  product_not_available: { status: 422, title: '没有已发布的该产品' },
} as const;

/** Loans filed with a fund, and their pledges. */
export const loanRoutes = {
  fileLoan: {
    method: 'POST',
    path: '/v1/loans',
    tag: '贷款',
    summary: '入池备案：违约前将一笔知识产权质押贷款备案给基金',
    roles: ['bank'],
    body: NewLoan,
    status: 201,
    answer: FiledLoan,
    refusals: { ...alreadyExists, ...filingRefusals },
  },
  listLoans: {
    method: 'GET',
    path: '/v1/loans',
    tag: '贷款',
    summary: '列出可见的贷款，最近备案的在前',
    roles: loanReaders,
    query: z.strictObject({ ...pageQuery, status: z.enum(loanMachine.states).optional(), uscc: Uscc.optional() }),
    status: 200,
    answer: pageOf(ListedLoan),
  },
  getLoan: {
    method: 'GET',
    path: '/v1/loans/{loanId}',
    tag: '贷款',
    summary: '查看一笔贷款：质押组合及各项权利的状态、分担、经过',
    roles: loanReaders,
    params: ofLoan,
    status: 200,
    answer: Loan,
    refusals: notFound,
  },
  changeAsset: {
    method: 'PUT',
    path: '/v1/loans/{loanId}/pledge/assets/{kind}/{number}',
    tag: '贷款',
    summary: '报送一项权利的登记、新的价值、注销或灭失；带 valueFen 与 valuedOn 的新权利加入质押',
    roles: ['bank'],
    params: z.strictObject({ loanId: Id, kind: RightKind, number: RightNumber }),
    body: AssetChange,
    status: 200,
    answer: ChangedAsset,
    refusals: {
      ...notFound,
      ...stateConflict,
      right_already_pledged: filingRefusals.right_already_pledged,
      debt_outlives_right: filingRefusals.debt_outlives_right,
    },
  },
} as const satisfies Routes;
