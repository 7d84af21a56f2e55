import { addMonths } from '#packages/calendar';
import { valuationPolicy } from '../valuation/policy.ts';
import { feesDue, feeStateOn } from './fees.ts';
import { type Finding, percentText } from './finding.ts';
import { type Check, groundsOf } from './checks.ts';
import { authorityOf } from './ground.ts';
import { lifeMarginMonths } from './life-policy.ts';
import { lifeOf, type LifeFact, outlives, outlivesWithMargin } from './life.ts';
import type { Examined } from './register-facts.ts';
import { readRightNumber } from './right-number.ts';

const lifeFactText: Record<LifeFact, string> = {
  filedOn: '申请日',
  grantedOn: '授权公告日（注册日）',
  publishedOn: '首次发表日',
  firstUsedOn: '首次商业利用日',
  createdOn: '创作完成日',
  expiresOn: '有效期届满日',
  licenceEndsOn: '许可合同届满日',
};

/** The grounds that fail, and in one sentence those that nobody can answer. */
export function ofGrounds(right: Examined, checks: readonly Check[]): Finding[] {
  const authority = authorityOf(right.kind);
  const grounds = groundsOf[authority];
  const failed = checks.flatMap(({ number, code, answer, acknowledgedOn }, place): Finding[] => {
    const ground = grounds[place];
    if (answer !== 'fail' || ground === undefined) return [];
    const found = { code, ground: { authority, number } };
    if (acknowledgedOn !== undefined) {
      return [{ severity: 'note', ...found, message: `${ground.text}；双方已于 ${acknowledgedOn} 声明知悉并仍愿质押` }];
    }
    const severity = ground.hardness === 'hard' ? 'stop' : 'warn';
    return [{ severity, ...found, message: ground.text, cure: ground.cure }];
  });
  const open = checks.flatMap(({ answer }, place) => (answer === 'unknown' ? (grounds[place] ?? []) : []));
  if (open.length === 0) return failed;
  const message = `尚不能排除：${open.map(({ text }) => text).join('；')}`;
  return [...failed, { severity: 'warn', code: 'facts-missing', message, cure: '补充相应事实；未知的不视为通过' }];
}

export function ofNumber({ kind, number }: Examined): Finding[] {
  const reading = readRightNumber(kind, number);
  if (!reading.ok)
    return [{ severity: 'stop', code: 'number-malformed', message: reading.message, cure: '按权利证书更正号码' }];
  return reading.warnings.map(({ code, message }) => ({ severity: 'note', code: `number-${code}`, message }));
}

/** What is to be said of a right's end beside the ground that it comes too early. */
export function ofLife(right: Examined): Finding[] {
  const { on, maturesOn } = right;
  const life = lifeOf(right);
  const found: Finding[] = life.warnings.map(({ code, message }) => ({
    severity: code === 'by-number-only' ? 'note' : 'warn',
    code: `life-${code}`,
    message,
  }));
  const lives = outlives(maturesOn, life);
  if (lives === 'no') return found;
  if (life.renewal !== undefined) return [...found, ...ofRenewal(life.earliest ?? '', life.renewal, right)];
  const asked = life.asksFor === undefined ? {} : { cure: `提供${lifeFactText[life.asksFor]}` };
  if (lives === 'unknown') {
    const message =
      life.earliest === undefined ? '权利何时期满未知' : `权利可能早至 ${life.earliest} 期满，而贷款 ${maturesOn} 到期`;
    return [...found, { severity: 'warn', code: 'life-uncertain', message, ...asked }];
  }
  const margin = outlivesWithMargin(maturesOn, life);
  if (margin === 'yes' || life.earliest === undefined || life.earliest < on) return found;
  const ends = margin === 'no' ? `于 ${life.latest ?? life.earliest} 期满` : `可能早至 ${life.earliest} 期满`;
  const message = `权利${ends}，距贷款到期不足 ${lifeMarginMonths} 个月，处置余地不足`;
  const cure = { cure: '缩短贷款期限，或增加有效期更长的权利', ...(margin === 'unknown' && asked) };
  return [...found, { severity: margin === 'no' ? 'warn' : 'note', code: 'life-margin', message, ...cure }];
}

function ofRenewal(endsOn: string, renewal: { from: string; until: string }, { on, maturesOn }: Examined): Finding[] {
  // Beyond its grace the trademark is over, which is a ground.
  if (endsOn >= addMonths(maturesOn, lifeMarginMonths) || renewal.until < on) return [];
  const cure = `于 ${renewal.from} 至 ${endsOn} 办理续展，至迟 ${renewal.until}（宽展期，另缴费用）`;
  if (endsOn < on)
    return [{ severity: 'warn', code: 'renewal-overdue', message: `商标已于 ${endsOn} 期满，尚在宽展期内`, cure }];
  const severity = endsOn < maturesOn ? 'warn' : 'note';
  return [{ severity, code: 'renewal-due', message: `商标于 ${endsOn} 期满，贷款 ${maturesOn} 到期`, cure }];
}

/** Annual fees that fall due while the loan runs: one missed ends the right as from the day that it was due. */
export function ofFees(right: Examined): Finding[] {
  const { on, maturesOn } = right;
  const state = feeStateOn(right, on);
  if (state.kind === 'ended') {
    const message = `年费自 ${state.dueOn} 起未缴，滞纳期已过，权利自该日起终止`;
    return [{ severity: 'stop', code: 'fee-ended', message, cure: '依法请求恢复权利，或换用存续的权利' }];
  }
  const found: Finding[] = [];
  if (state.kind === 'overdue') {
    const message = `年费应于 ${state.dueOn} 前缴纳，现处滞纳期，滞纳金为全额年费的 ${percentText(state.surchargeBps)}`;
    found.push({
      severity: 'stop',
      code: 'fee-overdue',
      message,
      cure: `至迟 ${state.lateUntil} 补缴，否则权利自 ${state.dueOn} 起终止`,
    });
  }
  const open = feesDue(right, on, maturesOn).filter(({ paid }) => paid !== true);
  const [next] = open;
  if (next === undefined) return found;
  const message = `贷款到期前尚有 ${open.length} 次年费，最近一次（第 ${next.patentYear} 年度）应于 ${next.dueOn} 前缴纳，逾期 6 个月不补缴则权利自该日起终止`;
  return [...found, { severity: 'note', code: 'fee-due', message, cure: '约定由谁按期缴纳，并按月核对缴费状态' }];
}

export function ofValue({ on }: Examined, valuedOn: string): Finding[] {
  const until = addMonths(valuedOn, valuationPolicy.validMonths);
  if (valuedOn > on) {
    return [
      { severity: 'stop', code: 'value-in-future', message: `评估基准日 ${valuedOn} 尚未到来`, cure: '更正评估基准日' },
    ];
  }
  if (until >= on) return [];
  const message = `评估基准日 ${valuedOn} 已过 ${valuationPolicy.validMonths} 个月，价值不再可靠`;
  return [{ severity: 'warn', code: 'value-old', message, cure: '重新评估' }];
}

/** The pledge arises on registration, so what is paid out before rests on nothing. */
export function ofRegistration(registeredOn: string | undefined, disbursedOn: string | undefined): Finding[] {
  if (registeredOn === undefined) {
    return [
      {
        severity: 'note',
        code: 'not-registered',
        message: '尚无质押登记；质权自登记时设立',
        cure: '办理质押登记并报送登记号',
      },
    ];
  }
  if (disbursedOn === undefined || registeredOn <= disbursedOn) return [];
  const message = `质押于 ${registeredOn} 登记，晚于放款日 ${disbursedOn}`;
  return [
    { severity: 'warn', code: 'registered-after-disbursement', message, cure: '在基金备案时说明，登记完成前不予分担' },
  ];
}
