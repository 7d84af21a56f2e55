import { addDays, addMonths } from '#packages/calendar';
import type { RightKind } from '../contract/right-schemas.ts';
import {
  authorsTerm,
  compensation,
  layoutTerm,
  lifeMarginMonths,
  patentTermOf,
  patentTermYears,
  trademarkTerm,
} from './life-policy.ts';
import type { DateRange } from './number-reading.ts';
import type { PatentKind } from './patent-number.ts';
import { readRightNumber } from './right-number.ts';

/** What is known of a right beside its number, each a legal date. */
export type LifeFacts = {
  filedOn?: string | undefined;
  /** 授权公告日; of a trademark the day of its registration. */
  grantedOn?: string | undefined;
  /** 首次发表日, of works and software. */
  publishedOn?: string | undefined;
  /** A layout's first commercial use (首次商业利用), and the day it was made. */
  firstUsedOn?: string | undefined;
  createdOn?: string | undefined;
  /** The last day of the term as the register states it. */
  expiresOn?: string | undefined;
  licenceEndsOn?: string | undefined;
};
export type RightFacts = { kind: RightKind; number: string } & LifeFacts;
export type LifeFact = keyof LifeFacts;

/**
 * The last day on which a right is in force: `earliest` … `latest`, the same day once it is certain; what is not known
 * is left out, as is the `latest` of what can be renewed for ever.
 */
export type Life = {
  earliest?: string;
  latest?: string;
  basis: string;
  /** The fact that would make it certain. */
  asksFor?: LifeFact;
  /** Of a trademark: from when to when its renewal is asked for. */
  renewal?: { from: string; until: string };
  warnings: { code: LifeWarning; message: string }[];
};
export type LifeWarning = 'filed-after-number' | 'expiry-beyond-term' | 'term-compensation' | 'by-number-only';

/** When a right ends by law. That its fees are paid and nobody ends it before is asked elsewhere. */
export function lifeOf(right: RightFacts): Life {
  switch (right.kind) {
    case 'invention':
    case 'utility-model':
    case 'design':
      return patentLife(right.kind, right);
    case 'trademark':
      return trademarkLife(right);
    case 'copyright':
    case 'software':
      return authorsLife(right);
    case 'ic-layout':
      return layoutLife(right);
    case 'licence-income': {
      const basis = '许可合同约定的期限';
      return right.licenceEndsOn === undefined
        ? { basis, asksFor: 'licenceEndsOn', warnings: [] }
        : { ...certain(right.licenceEndsOn), basis, warnings: [] };
    }
  }
}

/** Whether a right lives to the day of maturity, that day included. */
export function outlives(maturesOn: string, { earliest, latest }: Life): 'yes' | 'no' | 'unknown' {
  if (latest !== undefined && latest < maturesOn) return 'no';
  return earliest !== undefined && earliest >= maturesOn ? 'yes' : 'unknown';
}

/** As `outlives`, with the margin that the programme asks for beyond maturity. */
export function outlivesWithMargin(maturesOn: string, life: Life): 'yes' | 'no' | 'unknown' {
  return outlives(addMonths(maturesOn, lifeMarginMonths), life);
}

/**
 * Why a loan may not rest on this right, or nothing: the right ends before maturity, whatever is not known of it. What
 * may end before is no reason to refuse.
 */
export function lifeProblemOf(right: RightFacts, maturesOn: string): { endsOn: string; message: string } | undefined {
  const life = lifeOf(right);
  if (life.latest === undefined || outlives(maturesOn, life) !== 'no') return undefined;
  const { latest, basis } = life;
  return {
    endsOn: latest,
    message: `权利 ${right.number} 至迟于 ${latest} 期满（${basis}），早于贷款到期日 ${maturesOn}`,
  };
}

function patentLife(kind: PatentKind, right: RightFacts): Life {
  const reading = readRightNumber(kind, right.number);
  const { filed, warnings } = filingOf(reading.ok ? reading.filed : undefined, right.filedOn);
  if (filed === undefined)
    return withRegister({ basis: patentTermYears[kind][0].basis, asksFor: 'filedOn', warnings }, right.expiresOn);
  const first = termEnd(kind, filed.earliest);
  const last = termEnd(kind, filed.latest);
  const life: Life = {
    earliest: first.endsOn,
    latest: last.endsOn,
    basis: last.basis,
    ...(first.endsOn !== last.endsOn && { asksFor: 'filedOn' }),
    warnings,
  };
  return withRegister(life, right.expiresOn, kind === 'invention' ? compensation : undefined);
}

function termEnd(kind: PatentKind, filedOn: string): { endsOn: string; basis: string } {
  const { value, basis } = patentTermOf(kind, filedOn);
  return { endsOn: lastDay(filedOn, value), basis };
}

/** The day of filing as said, or all days that the number leaves open. No number is older than what is filed under it. */
function filingOf(
  ofNumber: DateRange | undefined,
  filedOn: string | undefined,
): Pick<Life, 'warnings'> & { filed?: DateRange } {
  if (filedOn === undefined) {
    if (ofNumber === undefined) return { warnings: [] };
    const message = '申请日未提供，按申请号的年份推算；分案申请以原申请日为准，期满更早';
    return { filed: ofNumber, warnings: [{ code: 'by-number-only', message }] };
  }
  if (ofNumber === undefined || filedOn <= ofNumber.latest) {
    return { filed: { earliest: filedOn, latest: filedOn }, warnings: [] };
  }
  const message = `申请日 ${filedOn} 晚于申请号的年份，按 ${ofNumber.latest} 前申请计算，请核对`;
  return { filed: ofNumber, warnings: [{ code: 'filed-after-number', message }] };
}

/**
 * The register's own last day goes before what is reckoned, but cannot make a term longer than the law has it, except
 * where that can be compensated: then the later day is believed once it is proved.
 */
function withRegister(life: Life, expiresOn: string | undefined, longer?: { maxYears: number; basis: string }): Life {
  if (expiresOn === undefined) return life;
  const { latest, asksFor: _asked, ...rest } = life;
  if (latest === undefined || expiresOn <= latest) {
    return { ...rest, ...certain(expiresOn), warnings: life.warnings.filter(({ code }) => code !== 'by-number-only') };
  }
  const furthest = longer === undefined ? latest : addMonths(latest, longer.maxYears * 12);
  if (longer === undefined || expiresOn > furthest) {
    const message = `所填期满日 ${expiresOn} 晚于法定最长期限 ${furthest}，按法定期限计算，请核对`;
    return { ...life, warnings: [...life.warnings, { code: 'expiry-beyond-term', message }] };
  }
  const message = `期满日 ${expiresOn} 晚于 ${latest}，应附专利权期限补偿决定（${longer.basis}）`;
  return { ...rest, latest: expiresOn, warnings: [...life.warnings, { code: 'term-compensation', message }] };
}

/** Ten years at a time, as often as its owner likes: what is certain is the end of the present term only. */
function trademarkLife({ grantedOn, expiresOn }: LifeFacts): Life {
  const { years, renewalMonthsBefore, graceMonths, basis } = trademarkTerm;
  const endsOn = expiresOn ?? (grantedOn === undefined ? undefined : lastDay(grantedOn, years));
  if (endsOn === undefined) return { basis, asksFor: 'expiresOn', warnings: [] };
  const renewal = { from: addMonths(endsOn, -renewalMonthsBefore), until: addMonths(endsOn, graceMonths) };
  return { earliest: endsOn, basis, renewal, warnings: [] };
}

/** Published late, a work lives longer than the year of its registration says, so nothing is concluded from that. */
function authorsLife({ publishedOn, expiresOn }: LifeFacts): Life {
  const { years, basis } = authorsTerm;
  const life: Life =
    publishedOn === undefined
      ? { basis, asksFor: 'publishedOn', warnings: [] }
      : { ...certain(`${Number(publishedOn.slice(0, 4)) + years}-12-31`), basis, warnings: [] };
  return withRegister(life, expiresOn);
}

/** From the earlier of filing and first use, and never beyond fifteen years from its making, whenever that was. */
function layoutLife({ number, filedOn, firstUsedOn, createdOn, expiresOn }: RightFacts): Life {
  const { years, absoluteYears, useBeforeFilingYears, basis } = layoutTerm;
  const reading = readRightNumber('ic-layout', number);
  const { filed, warnings } = filingOf(reading.ok ? reading.filed : undefined, filedOn);
  const absolute = createdOn === undefined ? undefined : lastDay(createdOn, absoluteYears);
  const last = earliestOf(filed?.latest, firstUsedOn);
  const latest = earliestOf(last === undefined ? undefined : lastDay(last, years), absolute);
  const firstUse =
    firstUsedOn ?? (filed === undefined ? undefined : addMonths(filed.earliest, -useBeforeFilingYears * 12));
  const first = filed === undefined ? undefined : earliestOf(filed.earliest, firstUse);
  const earliest =
    absolute === undefined || first === undefined ? undefined : earliestOf(lastDay(first, years), absolute);
  const asksFor = createdOn === undefined ? 'createdOn' : filedOn === undefined ? 'filedOn' : 'firstUsedOn';
  const life: Life = {
    ...(earliest !== undefined && { earliest }),
    ...(latest !== undefined && { latest }),
    basis,
    ...((earliest === undefined || earliest !== latest) && { asksFor }),
    warnings,
  };
  return withRegister(life, expiresOn);
}

/**
 * The last day of so many years that begin on a day: the one before its anniversary. The last of February has its
 * anniversary in years without a 29th too: the month then ends with the term.
 */
function lastDay(from: string, years: number): string {
  const anniversary = addMonths(from, years * 12);
  return anniversary.slice(8) === from.slice(8) ? addDays(anniversary, -1) : anniversary;
}

const certain = (day: string) => ({ earliest: day, latest: day });

function earliestOf(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}
