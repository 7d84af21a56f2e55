import { Id, Version } from '#packages/words';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { DivisionCode, ParkId, Uscc } from '#packages/identifiers';
import { ConsentGrant, ConsentPurpose } from '../nomination.ts';
import { ChunkTask, RunPage } from './run-work.ts';
import { count } from './schemas.ts';

/** The partners that the enterprise's consent names, or all banks: who may be told of its entry. */
const recipients = z.array(z.string()).max(100).default([]);
const Entry = z.strictObject({
  uscc: Uscc,
  version: Version,
  listedOn: LegalDate,
  validUntil: LegalDate,
  /** Where its first nomination has it: who else is concerned with it is told by these. */
  divisionCode: DivisionCode,
  parkId: ParkId.optional(),
  recipients,
});
/** `reason` is a code, never what somebody wrote. */
const Gone = z.strictObject({ uscc: Uscc, version: Version, reason: z.string().regex(/^[a-z-]+$/), recipients });
const Chunk = z.strictObject({ chunk: z.int().nonnegative() });

/** Every event of the screening service. `enterprise` and `whitelist-entry` are for others, the rest is work it hands itself. */
export const eventTypes = {
  'consent.granted.v1': {
    stream: 'enterprise',
    summary: '企业授权已登记',
    data: z.strictObject({
      uscc: Uscc,
      consentId: Id,
      purposes: ConsentGrant.shape.purposes,
      expiresOn: LegalDate,
      recipients,
    }),
  },
  'consent.withdrawn.v1': {
    stream: 'enterprise',
    summary: '企业授权已撤回',
    data: z.strictObject({ uscc: Uscc, consentId: Id }),
  },
  'whitelist.entry.listed.v1': { stream: 'whitelist-entry', summary: '企业进入白名单', data: Entry },
  'whitelist.entry.suspended.v1': { stream: 'whitelist-entry', summary: '名单条目暂停', data: Gone },
  'whitelist.entry.reinstated.v1': { stream: 'whitelist-entry', summary: '名单条目恢复', data: Entry },
  'whitelist.entry.expired.v1': { stream: 'whitelist-entry', summary: '名单条目到期', data: Gone },
  'whitelist.entry.removed.v1': {
    stream: 'whitelist-entry',
    summary: '企业移出白名单',
    data: Gone,
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
    data: RunPage,
  },
  'run.chunk.cut.v1': {
    stream: 'run-chunk',
    summary: '一段企业待取数与判定',
    data: ChunkTask,
  },
  'delivery.received.v1': {
    stream: 'delivery',
    summary: '数据源交付的文件待读取',
    data: z.strictObject({ deliveryId: Id, afterLine: count }),
  },
  'facts.forgotten.v1': {
    stream: 'facts-purge',
    summary: '授权终止，已取数据待清除',
    data: z.strictObject({ uscc: Uscc, sources: z.array(ConsentPurpose), before: Instant }),
  },
  'impact.planned.v1': {
    stream: 'impact',
    summary: '政策影响试算的下一批待分派',
    data: z.strictObject({ impactId: Id, after: z.string().optional(), ...Chunk.shape }),
  },
  'impact.chunk.cut.v1': {
    stream: 'impact-chunk',
    summary: '一段企业待按两版政策比较',
    data: z.strictObject({ impactId: Id, ...Chunk.shape, usccs: z.array(Uscc) }),
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
