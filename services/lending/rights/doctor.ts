import { shareOf, yuanText } from '#packages/money';
import { concentrationWarnBps } from './doctor-policy.ts';
import { type FeeDue, feesDue } from './fees.ts';
import { byGravity, type Finding, percentText } from './finding.ts';
import { type Acknowledgement, type Check, checksOf } from './checks.ts';
import { type Authority, authorityOf } from './ground.ts';
import { type Life, lifeOf } from './life.ts';
import type { Examined } from './register-facts.ts';
import { ofFees, ofGrounds, ofLife, ofNumber, ofRegistration, ofValue } from './right-findings.ts';
import { readRightNumber, rightKey } from './right-number.ts';
import { type Fall, fallsOf, type Weight, type Weighed, weightOf } from './weight.ts';

/** A right as it is brought for examination. */
export type Asset = Omit<Examined, 'on' | 'maturesOn'> & {
  valueFen: bigint;
  valuedOn: string;
  registeredOn?: string | undefined;
  /** Rights of one family fall together: a patent and its twin, a licence and what it licenses. */
  family?: string | undefined;
  acknowledgements?: readonly Acknowledgement[] | undefined;
};

export type Bundle = {
  loan: {
    principalFen: bigint;
    /** Left out: all of the loan rests on the rights. */
    ipPartBps?: bigint | undefined;
    disbursedOn?: string | undefined;
    maturesOn: string;
    uscc?: string | undefined;
  };
  assets: readonly Asset[];
  /** Why the loan is above the caps all the same (质押率超上限的理由). */
  override?: { reason: string } | undefined;
};

export type Diagnosis = {
  outcome: 'stop' | 'warn' | 'clear';
  findings: Finding[];
  rights: { number: string; authority: Authority; life: Life; checks: Check[]; fees: FeeDue[] }[];
  /** The part of the loan that rests on the rights, against their value. */
  pledge: Weight & { loanFen: bigint };
  falls: (Omit<Fall, 'of'> & { of: { asset: number } | { family: string } })[];
};

/**
 * Looks at a pledge bundle on a day: what would keep it from being registered, what makes it weak, and what each of its
 * rights carries. Facts in, findings out; what nobody said is unknown and passes nowhere.
 */
export function examine({ loan, assets, override }: Bundle, on: string): Diagnosis {
  const rights = assets.map((asset) => {
    const right: Examined = { ...asset, on, maturesOn: loan.maturesOn };
    const reading = readRightNumber(asset.kind, asset.number);
    return {
      number: reading.ok ? reading.number : asset.number,
      authority: authorityOf(asset.kind),
      life: lifeOf(right),
      checks: checksOf(right, asset.acknowledgements ?? []),
      fees: feesDue(right, on, loan.maturesOn),
      right,
    };
  });
  const ofRights = rights.flatMap(({ right, checks }, asset) => {
    const { valuedOn = on, registeredOn } = assets[asset] ?? {};
    const found = [
      ...ofNumber(right),
      ...ofGrounds(right, checks),
      ...ofLife(right),
      ...ofFees(right),
      ...ofValue(right, valuedOn),
      ...ofRegistration(registeredOn, loan.disbursedOn),
    ];
    return found.map((finding): Finding => ({ ...finding, asset }));
  });
  const { weighed, twice } = weighedOf(assets, loan.uscc);
  const loanFen = loan.ipPartBps === undefined ? loan.principalFen : shareOf(loan.principalFen, loan.ipPartBps);
  const pledge = { loanFen, ...weightOf(loanFen, weighed) };
  const falls = fallsOf(loanFen, weighed);
  const findings = byGravity([
    ...ofRights,
    ...twice,
    ...ofRatio(pledge, override),
    ...ofConcentration(pledge, falls),
    ...ofFalls(falls, weighed, assets),
  ]);
  const worst = findings[0]?.severity ?? 'note';
  return {
    outcome: worst === 'note' ? 'clear' : worst,
    findings,
    rights: rights.map(({ right: _examined, ...told }) => told),
    pledge,
    falls: falls.map(({ of, ...fall }) => ({ ...fall, of: 'key' in of ? { asset: placeOf(weighed, of.key) } : of })),
  };
}

type Placed = Weighed & { place: number };

const placeOf = (weighed: readonly Placed[], key: string): number =>
  weighed.find((right) => right.key === key)?.place ?? 0;

/** Each right once, with the first value that is said of it: a right brought twice secures no more. */
function weighedOf(assets: readonly Asset[], uscc = ''): { weighed: Placed[]; twice: Finding[] } {
  const byKey = new Map<string, Placed>();
  const twice: Finding[] = [];
  for (const [place, asset] of assets.entries()) {
    const key = rightKey(asset, uscc);
    const first = byKey.get(key);
    if (first === undefined) {
      byKey.set(key, { key, kind: asset.kind, valueFen: asset.valueFen, family: asset.family, place });
      continue;
    }
    const message = `与第 ${first.place + 1} 项是同一项权利，价值只计一次`;
    twice.push({ severity: 'stop', code: 'right-twice', asset: place, message, cure: '删去重复的一项' });
  }
  return { weighed: [...byKey.values()], twice };
}

function ofRatio(pledge: Diagnosis['pledge'], override: Bundle['override']): Finding[] {
  if (pledge.withinCap) return [];
  const { ratioBps, capBps, maxLoanFen } = pledge;
  const ratio = ratioBps === null ? '无法计算（价值过低）' : percentText(ratioBps);
  const message = `质押率 ${ratio}，高于按价值加权的上限 ${percentText(capBps ?? 0n)}：上限内至多贷 ${yuanText(maxLoanFen)} 元`;
  return override === undefined
    ? [
        {
          severity: 'warn',
          code: 'ratio-above-cap',
          message,
          cure: '降低贷款金额、增加质押权利，或书面说明理由（override）',
        },
      ]
    : [{ severity: 'note', code: 'ratio-overridden', message: `${message}；已说明理由` }];
}

function ofConcentration({ valueFen }: Weight, falls: readonly Fall[]): Finding[] {
  const largest = falls.reduce((most, { of, lostFen }) => ('key' in of && lostFen > most ? lostFen : most), 0n);
  if (largest === 0n || largest * 10_000n < valueFen * concentrationWarnBps) return [];
  const message = `一项权利占质押价值的 ${percentText((largest * 10_000n) / valueFen)}，组合主要系于一项权利`;
  return [{ severity: 'note', code: 'value-concentrated', message, cure: '增加其他权利，分散价值' }];
}

/** What a bundle does not survive, the worst case by name; the rest stands in the answer's `falls`. */
function ofFalls(falls: readonly Fall[], weighed: readonly Placed[], assets: readonly Asset[]): Finding[] {
  const breaking = falls.filter(({ breaks }) => breaks.length > 0);
  const [worst] = breaking;
  if (worst === undefined) return [];
  const what = 'key' in worst.of ? (assets[placeOf(weighed, worst.of.key)]?.number ?? '') : `${worst.of.family} 族`;
  const ratio = worst.left.ratioBps === null ? '无剩余价值可计' : `升至 ${percentText(worst.left.ratioBps)}`;
  const message = `${breaking.length} 种情形下组合经不起失去：最重者为 ${what} 失效，余值 ${yuanText(worst.left.valueFen)} 元，质押率${ratio}`;
  // That a single right is all that there is, everybody sees.
  const severity = weighed.length === 1 ? 'note' : 'warn';
  return [{ severity, code: 'fragile', message, cure: '增加质押权利，使任一权利失效后仍在上限之内' }];
}
