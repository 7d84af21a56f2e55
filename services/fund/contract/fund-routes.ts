import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { people } from '#packages/roles';
import { FoundedFund, Fund, ListedProgramme, NewFund, NewProgramme, ProgrammeVersion } from './fund-schemas.ts';
import { alreadyExists, notFound, secondPerson, stateConflict } from '#packages/refusals';
import { Id, PathVersion } from '#packages/words';

const ofFund = z.strictObject({ fundId: Id });
const ofVersion = z.strictObject({ fundId: Id, version: PathVersion });

/** Funds and the programmes by which they share losses: proposed by one person, approved by another. */
export const fundRoutes = {
  foundFund: {
    method: 'POST',
    path: '/v1/funds',
    tag: '基金',
    summary: '设立基金并提出第一版方案（市级管理员），经另一人批准后施行',
    roles: ['city-admin'],
    body: NewFund,
    status: 201,
    answer: FoundedFund,
    refusals: alreadyExists,
  },
  listFunds: {
    method: 'GET',
    path: '/v1/funds',
    tag: '基金',
    summary: '列出基金，最近设立的在前',
    roles: people,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Fund),
  },
  getFund: {
    method: 'GET',
    path: '/v1/funds/{fundId}',
    tag: '基金',
    summary: '查看一个基金及现行方案的版本',
    roles: people,
    params: ofFund,
    status: 200,
    answer: Fund,
    refusals: notFound,
  },
  proposeProgramme: {
    method: 'POST',
    path: '/v1/funds/{fundId}/programmes',
    tag: '基金',
    summary: '提出新一版方案（市级管理员），注明自哪一日起施行',
    roles: ['city-admin'],
    params: ofFund,
    body: NewProgramme,
    status: 201,
    answer: ProgrammeVersion,
    refusals: { ...notFound, ...stateConflict },
  },
  listProgrammes: {
    method: 'GET',
    path: '/v1/funds/{fundId}/programmes',
    tag: '基金',
    summary: '列出基金的各版方案，最近提出的在前',
    roles: people,
    params: ofFund,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(ListedProgramme),
    refusals: notFound,
  },
  getProgramme: {
    method: 'GET',
    path: '/v1/funds/{fundId}/programmes/{version}',
    tag: '基金',
    summary: '查看一版方案',
    roles: people,
    params: ofVersion,
    status: 200,
    answer: ListedProgramme,
    refusals: notFound,
  },
  approveProgramme: {
    method: 'POST',
    path: '/v1/funds/{fundId}/programmes/{version}/approvals',
    tag: '基金',
    summary: '批准一版方案（市级复核人，须为另一人）：自施行日起分担新备案的贷款，不溯及既往',
    roles: ['city-reviewer'],
    params: ofVersion,
    body: z.strictObject({}),
    status: 200,
    answer: ProgrammeVersion,
    refusals: { ...notFound, ...stateConflict, ...secondPerson },
  },
} as const satisfies Routes;
