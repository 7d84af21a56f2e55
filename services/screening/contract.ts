import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import type { EventTypes, Routes } from '#packages/contract';
import { DivisionCode, Uscc } from '#packages/identifiers';
import { pageOf, pageQuery } from '#packages/pages';
import { people } from '#packages/roles';
import { ConsentGrant, Nomination } from './nomination.ts';
import { Policy } from './rules/policy-schema.ts';

const Reason = z.string().min(1).max(1_000);
const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Id = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/);
const ParkId = Id;
const Version = z.int().positive();
const PathVersion = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/)
  .transform(Number);

export const ScreeningOutcome = z.enum(['pass', 'review', 'exclude', 'stale']);
export type ScreeningOutcome = z.output<typeof ScreeningOutcome>;

export const EntryStatus = z.enum(['listed', 'suspended', 'removed', 'expired']);
export type EntryStatus = z.output<typeof EntryStatus>;

export const RuleResult = z.strictObject({
  id: z.string(),
  outcome: z.enum(['pass', 'fail', 'unknown']),
  reason: z.string(),
  evidence: z.array(
    z.strictObject({ source: z.string(), recordId: z.string(), observedAt: z.string() }),
  ),
});

export const Screening = z.strictObject({
  screeningId: Id,
  outcome: ScreeningOutcome,
  policyVersion: Id,
  rules: z.array(RuleResult),
  factsDigest: Digest,
  decidedAt: Instant,
  runId: Id,
});
export type Screening = z.output<typeof Screening>;

const Consent = z.strictObject({
  uscc: Uscc,
  consentId: Id,
  status: z.enum(['live', 'expired', 'withdrawn']),
  ...ConsentGrant.shape,
});

const Opinion = z.strictObject({
  divisionCode: DivisionCode,
  opinion: z.enum(['recommend', 'reject']),
  reason: Reason,
  outcome: ScreeningOutcome,
  screeningId: Id,
  at: Instant,
});

const Listing = z.strictObject({
  status: EntryStatus,
  version: Version,
  listedOn: LegalDate,
  validUntil: LegalDate,
  reason: z.string().optional(),
});

export const Enterprise = z.strictObject({
  ...Nomination.shape,
  state: z.string(),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  nominations: z.array(z.strictObject({ divisionCode: DivisionCode, parkId: ParkId.optional(), nominatedAt: Instant })),
  consent: Consent.omit({ uscc: true }).optional(),
  screening: z
    .strictObject({
      screeningId: Id,
      outcome: ScreeningOutcome,
      policyVersion: Id,
      /** Rules that failed or stayed unknown. */
      reasons: z.array(z.string()),
      decidedAt: Instant,
    })
    .optional(),
  opinions: z.array(Opinion),
  listing: Listing.optional(),
});
export type Enterprise = z.output<typeof Enterprise>;

export const Finding = z.strictObject({ row: z.int().positive(), code: z.string(), message: z.string() });
export type Finding = z.output<typeof Finding>;

export const EnterpriseImport = z.strictObject({
  importId: Id,
  status: z.enum(['running', 'done', 'failed']),
  rows: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  rejected: z.array(Finding),
  warnings: z.array(Finding),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});
export type EnterpriseImport = z.output<typeof EnterpriseImport>;

export const RunScope = z.strictObject({
  divisionCode: DivisionCode.optional(),
  parkId: ParkId.optional(),
  usccs: z.array(Uscc).min(1).max(500).optional(),
});
export type RunScope = z.output<typeof RunScope>;

const count = z.int().nonnegative();
export const ScreeningRun = z.strictObject({
  runId: Id,
  status: z.enum(['running', 'done']),
  scope: RunScope,
  policyVersion: Id,
  counts: z.strictObject({
    total: count,
    pass: count,
    review: count,
    exclude: count,
    stale: count,
    /** Those of the total that kept the decision they had. */
    unchanged: count,
  }),
  startedAt: Instant,
});
export type ScreeningRun = z.output<typeof ScreeningRun>;

const Named = z.array(z.strictObject({ uscc: Uscc, reason: Reason })).max(500);

export const WhitelistVersion = z.strictObject({
  version: Version,
  status: z.enum(['proposed', 'published']),
  entries: count,
  digest: Digest,
  proposedAt: Instant,
  publishedOn: LegalDate.optional(),
  /** Named in `confirm` but not entered, and why. */
  leftOut: z.array(z.strictObject({ uscc: Uscc, reason: z.string() })),
});
export type WhitelistVersion = z.output<typeof WhitelistVersion>;

export const WhitelistEntry = z.strictObject({
  uscc: Uscc,
  name: z.string(),
  status: EntryStatus,
  disputed: z.boolean(),
  listedOn: LegalDate,
  validUntil: LegalDate,
  version: Version,
});
export type WhitelistEntry = z.output<typeof WhitelistEntry>;

const nominators = ['county-clerk', 'park-manager'] as const;
const enterpriseReaders = [
  'city-admin',
  'city-reviewer',
  'county-clerk',
  'county-reviewer',
  'park-manager',
  'enterprise-user',
  'auditor',
] as const;
const ofEnterprise = z.strictObject({ uscc: Id });
const notFound = { not_found: { status: 404, title: '没有这个对象，或不在您的权限范围内' } } as const;
const stateConflict = { state_conflict: { status: 409, title: '当前状态不允许这样做' } } as const;
const forbidden = { forbidden: { status: 403, title: '不在您的权限范围内' } } as const;

/** Every route of the screening service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  nominateEnterprise: {
    method: 'POST',
    path: '/v1/enterprises',
    tag: '企业',
    summary: '推荐企业进入白名单筛选（一企一码，重复推荐视为同一次）',
    roles: nominators,
    body: Nomination,
    status: 201,
    answer: Enterprise,
    refusals: {
      ...forbidden,
      already_exists: { status: 409, title: '该企业已由本县区推荐，内容不同' },
    },
  },
  listEnterprises: {
    method: 'GET',
    path: '/v1/enterprises',
    tag: '企业',
    summary: '列出权限范围内的企业，最近推荐的在前',
    roles: ['city-admin', 'city-reviewer', 'county-clerk', 'county-reviewer', 'park-manager', 'auditor'],
    query: z.strictObject({ divisionCode: DivisionCode.optional(), parkId: ParkId.optional(), ...pageQuery }),
    status: 200,
    answer: pageOf(Enterprise),
    refusals: forbidden,
  },
  getEnterprise: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}',
    tag: '企业',
    summary: '查看一家企业：状态、授权、最近一次筛选、县区意见、名单条目',
    roles: enterpriseReaders,
    params: ofEnterprise,
    status: 200,
    answer: Enterprise,
    refusals: notFound,
  },
  listScreenings: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}/screenings',
    tag: '筛选',
    summary: '一家企业的全部筛选结论，最新的在前，逐条规则给出依据',
    roles: enterpriseReaders,
    params: ofEnterprise,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Screening),
    refusals: notFound,
  },
  importEnterprises: {
    method: 'POST',
    path: '/v1/enterprise-imports',
    tag: '企业',
    summary: '导入县区名单（.xlsx 或 .csv），逐行受理或退回',
    roles: nominators,
    file: {
      mediaTypes: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      maxBytes: 4 * 1024 * 1024,
    },
    status: 202,
    answer: z.strictObject({ importId: Id }),
    refusals: forbidden,
  },
  getImport: {
    method: 'GET',
    path: '/v1/enterprise-imports/{importId}',
    tag: '企业',
    summary: '查看一次导入的进度与逐行结果',
    roles: ['city-admin', 'city-reviewer', ...nominators, 'auditor'],
    params: z.strictObject({ importId: Id }),
    status: 200,
    answer: EnterpriseImport,
    refusals: notFound,
  },
  recordConsent: {
    method: 'PUT',
    path: '/v1/enterprises/{uscc}/consent',
    tag: '授权',
    summary: '登记企业授权：用途、接收方、起止日期、授权文件摘要',
    roles: ['county-clerk', 'enterprise-user'],
    params: ofEnterprise,
    body: ConsentGrant,
    status: 200,
    answer: Consent,
    refusals: notFound,
  },
  withdrawConsent: {
    method: 'DELETE',
    path: '/v1/enterprises/{uscc}/consent',
    tag: '授权',
    summary: '撤回授权：立即停止查询、退出名单、清除已取数据',
    roles: ['county-clerk', 'enterprise-user'],
    params: ofEnterprise,
    status: 204,
    refusals: notFound,
  },
  giveCountyOpinion: {
    method: 'POST',
    path: '/v1/enterprises/{uscc}/county-opinions',
    tag: '筛选',
    summary: '县区意见：对最近一次筛选结论推荐或不推荐',
    roles: ['county-reviewer'],
    params: ofEnterprise,
    body: z.strictObject({ opinion: z.enum(['recommend', 'reject']), reason: Reason }),
    status: 200,
    answer: Opinion,
    refusals: { ...notFound, ...stateConflict },
  },
  startScreeningRun: {
    method: 'POST',
    path: '/v1/screening-runs',
    tag: '筛选',
    summary: '发起一次筛选：取数、按政策判定，进度可查',
    roles: ['city-admin', 'city-reviewer'],
    body: z.strictObject({ scope: RunScope, policyVersion: Id.optional() }),
    status: 202,
    answer: z.strictObject({ runId: Id }),
  },
  getScreeningRun: {
    method: 'GET',
    path: '/v1/screening-runs/{runId}',
    tag: '筛选',
    summary: '查看一次筛选的进度与各结论数',
    roles: ['city-admin', 'city-reviewer', 'auditor'],
    params: z.strictObject({ runId: Id }),
    status: 200,
    answer: ScreeningRun,
    refusals: notFound,
  },
  getPolicy: {
    method: 'GET',
    path: '/v1/screening-policies/{version}',
    tag: '政策',
    summary: '查看一个版本的筛选政策（规则即数据）',
    roles: people,
    params: z.strictObject({ version: Id }),
    status: 200,
    answer: Policy,
    refusals: notFound,
  },
  proposeWhitelist: {
    method: 'POST',
    path: '/v1/whitelist-versions',
    tag: '白名单',
    summary: '提出新一版白名单（市级复核人），可点名确认待核企业、暂缓企业',
    roles: ['city-reviewer'],
    body: z.strictObject({ confirm: Named.optional(), hold: Named.optional() }),
    status: 201,
    answer: WhitelistVersion,
    refusals: stateConflict,
  },
  getWhitelistVersion: {
    method: 'GET',
    path: '/v1/whitelist-versions/{version}',
    tag: '白名单',
    summary: '查看一版白名单：状态、条数、摘要',
    roles: people,
    params: z.strictObject({ version: PathVersion }),
    status: 200,
    answer: WhitelistVersion,
    refusals: notFound,
  },
  approveWhitelist: {
    method: 'POST',
    path: '/v1/whitelist-versions/{version}/approvals',
    tag: '白名单',
    summary: '批准并发布白名单（市级管理员，须为另一人）',
    roles: ['city-admin'],
    params: z.strictObject({ version: PathVersion }),
    body: z.strictObject({}),
    status: 200,
    answer: WhitelistVersion,
    refusals: {
      ...notFound,
      ...stateConflict,
      second_person_required: { status: 409, title: '须由另一人办理' },
    },
  },
  listWhitelist: {
    method: 'GET',
    path: '/v1/whitelist',
    tag: '白名单',
    summary: '现行白名单，按统一社会信用代码排序',
    roles: ['bank', ...people],
    query: z.strictObject({ status: EntryStatus.default('listed'), ...pageQuery }),
    status: 200,
    answer: pageOf(WhitelistEntry),
  },
  getWhitelistEntry: {
    method: 'GET',
    path: '/v1/whitelist/{uscc}',
    tag: '白名单',
    summary: '查看一家企业的名单条目',
    roles: ['bank', ...people],
    params: ofEnterprise,
    status: 200,
    answer: WhitelistEntry,
    refusals: notFound,
  },
} as const satisfies Routes;

const Entry = z.strictObject({ uscc: Uscc, version: Version, listedOn: LegalDate, validUntil: LegalDate });
const Chunk = z.strictObject({ chunk: z.int().nonnegative() });

/** Every event of the screening service. `enterprise` is for the other services, the rest is work it hands itself. */
export const eventTypes = {
  'consent.granted.v1': {
    stream: 'enterprise',
    summary: '企业授权已登记',
    data: z.strictObject({ uscc: Uscc, consentId: Id, purposes: ConsentGrant.shape.purposes, expiresOn: LegalDate }),
  },
  'consent.withdrawn.v1': {
    stream: 'enterprise',
    summary: '企业授权已撤回',
    data: z.strictObject({ uscc: Uscc, consentId: Id }),
  },
  'whitelist.entry.listed.v1': { stream: 'enterprise', summary: '企业进入白名单', data: Entry },
  'whitelist.entry.removed.v1': {
    stream: 'enterprise',
    summary: '企业移出白名单',
    data: z.strictObject({ uscc: Uscc, version: Version, reason: z.string() }),
  },
  'import.received.v1': {
    stream: 'import',
    summary: '收到一份县区名单',
    data: z.strictObject({ importId: Id }),
  },
  'import.chunk.cut.v1': {
    stream: 'import-chunk',
    summary: '名单的一段待办理',
    data: z.strictObject({ importId: Id, ...Chunk.shape, from: count, bytes: count }),
  },
  'run.planned.v1': {
    stream: 'run',
    summary: '筛选任务的下一批待分派',
    data: z.strictObject({ runId: Id, after: z.string().optional(), ...Chunk.shape }),
  },
  'run.chunk.cut.v1': {
    stream: 'run-chunk',
    summary: '一段企业待取数与判定',
    data: z.strictObject({ runId: Id, ...Chunk.shape, usccs: z.array(Uscc) }),
  },
  'whitelist.published.v1': {
    stream: 'whitelist-version',
    summary: '新一版白名单已发布',
    data: z.strictObject({ version: Version, ...Chunk.shape, after: z.string().optional() }),
  },
  'publication.chunk.cut.v1': {
    stream: 'publication-chunk',
    summary: '一段名单条目待落到企业',
    data: z.strictObject({ version: Version, ...Chunk.shape, usccs: z.array(Uscc) }),
  },
} as const satisfies EventTypes;
