import { lifeOf, outlives, type RightFacts } from './life.ts';
import { feeStateOn } from './fees.ts';

/** A fact, as a ground asks for it. What is not known is never a pass. */
export type Answer = 'pass' | 'fail' | 'unknown';

/** What registers, courts and contracts say of a right; each may be left out, and is then not known. */
export type RegisterFacts = {
  /** 出质人为登记的权利人. */
  pledgorIsOwner?: boolean | undefined;
  /** Not granted, or not registered, as yet: said by `false`; a day of grant says that it is. */
  granted?: boolean | undefined;
  /** 权利存续: neither ended nor given up, declared invalid or cancelled. */
  inForce?: boolean | undefined;
  /** 权属纠纷中止或财产保全. */
  suspended?: boolean | undefined;
  /** 质押合同要件齐备. */
  contractComplete?: boolean | undefined;
  /** How many own it beside the pledgor, and whether all of them consent or have agreed otherwise. */
  coOwners?: number | undefined;
  coOwnersConsent?: boolean | undefined;
  /** In another pledge, by the register. */
  pledged?: boolean | undefined;
  /** 同日申请的发明, of a utility model. */
  sameDayInvention?: boolean | undefined;
  /** 无效宣告（撤销）程序已启动. */
  invalidationPending?: boolean | undefined;
  /** Of a trademark: all of the same or similar marks on the same or similar goods are pledged with it. */
  similarMarksIncluded?: boolean | undefined;
  /** Of a claim to income: the licensee has confirmed it; it is assigned already; where its pledge is registered. */
  debtorConfirmed?: boolean | undefined;
  assigned?: boolean | undefined;
  register?: 'zhongdeng' | 'other' | undefined;
  otherObstacle?: boolean | undefined;
};

/** A right under examination, on a day, for a loan that matures on another; `held`: by another live bundle of the city. */
export type Examined = RightFacts &
  RegisterFacts & {
    feePaidUntil?: string | undefined;
    held?: boolean | undefined;
    on: string;
    maturesOn: string;
  };

/** What should be so. */
export const should = (fact: boolean | undefined): Answer => (fact === undefined ? 'unknown' : fact ? 'pass' : 'fail');
/** What should not be so. */
export const shouldNot = (fact: boolean | undefined): Answer => should(fact === undefined ? undefined : !fact);

export function isGranted({ granted, grantedOn, on }: Examined): Answer {
  if (granted === false || (grantedOn !== undefined && grantedOn > on)) return 'fail';
  return should(grantedOn === undefined ? granted : true);
}

/** In force, by what was said and by what is reckoned: a right that is over is over whatever is said of it. */
export function isInForce(right: Examined): Answer {
  const { latest, renewal } = lifeOf(right);
  const isOver = (latest !== undefined && latest < right.on) || (renewal !== undefined && renewal.until < right.on);
  if (isOver || feeStateOn(right, right.on).kind === 'ended') return 'fail';
  return should(right.inForce);
}

export function feesArePaid(right: Examined): Answer {
  const { kind } = feeStateOn(right, right.on);
  if (kind === 'unknown') return 'unknown';
  return kind === 'overdue' || kind === 'ended' ? 'fail' : 'pass';
}

const ofLife = { yes: 'pass', no: 'fail', unknown: 'unknown' } as const;

export function livesLongEnough(right: Examined): Answer {
  return ofLife[outlives(right.maturesOn, lifeOf(right))];
}

export function ownersConsent({ coOwners, coOwnersConsent }: Examined): Answer {
  return coOwners === 0 ? 'pass' : should(coOwnersConsent);
}

/** Another live bundle of the city's is enough to fail; that there is none says nothing of the register. */
export function isFree({ pledged, held }: Examined): Answer {
  return held === true ? 'fail' : shouldNot(pledged);
}
