import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition } from '#packages/table';
import type { Fund, routes } from '../contract.ts';
import { versionOn } from '../programme-line.ts';
import {
  type FundHead,
  fundsIndex,
  getFundHead,
  getFundHeads,
  getProgrammeItem,
  ProgrammeItem,
  programmesOf,
} from '../store/fund.ts';
import { nextOf, startOf } from '#packages/paging';
import { todayOf } from '#packages/calendar';
import { type Deps } from './context.ts';
import { programmeView } from './programme-view.ts';

export function listFunds({ table }: Deps): Operation<typeof routes.listFunds> {
  return async ({ query: { pageSize }, now, position, seal }) => {
    const condition = inPartition(fundsIndex);
    const page = await table.page({ condition, newestFirst: true }, pageSize, startOf(position));
    const heads = await getFundHeads(table, page.items);
    return done({ items: heads.map((head) => fundView(head, todayOf(now))), nextCursor: nextOf(page, seal) });
  };
}

export function getFund({ table }: Deps): Operation<typeof routes.getFund> {
  return async ({ params: { fundId }, now }) => {
    const head = await getFundHead(table, fundId);
    return head === undefined ? refused('not_found') : done(fundView(head, todayOf(now)));
  };
}

/** Every version, newest first: how losses are shared is no secret, nor is what is proposed. */
export function listProgrammes({ table }: Deps): Operation<typeof routes.listProgrammes> {
  return async ({ params: { fundId }, query: { pageSize }, now, position, seal }) => {
    const head = await getFundHead(table, fundId);
    if (head === undefined) return refused('not_found');
    const inForce = versionOn(head.approved, todayOf(now));
    const query = { condition: programmesOf(fundId), newestFirst: true };
    const page = await table.page(query, pageSize, startOf(position));
    const items = page.items
      .map((item) => programmeView(fundId, ProgrammeItem.parse(item)))
      .map((programme) => ({ ...programme, inForce: programme.version === inForce }));
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

export function getProgramme({ table }: Deps): Operation<typeof routes.getProgramme> {
  return async ({ params: { fundId, version }, now }) => {
    const [head, item] = await Promise.all([getFundHead(table, fundId), getProgrammeItem(table, fundId, version)]);
    if (head === undefined || item === undefined) return refused('not_found');
    return done({ ...programmeView(fundId, item), inForce: versionOn(head.approved, todayOf(now)) === version });
  };
}

function fundView({ fundId, name, versions, approved, createdAt }: FundHead, today: string): Fund {
  const version = versionOn(approved, today);
  const inForce = approved.find((one) => one.version === version);
  return {
    fundId,
    name,
    versions,
    ...(inForce !== undefined && { inForce: { version: inForce.version, effectiveFrom: inForce.effectiveFrom } }),
    createdAt,
  };
}
