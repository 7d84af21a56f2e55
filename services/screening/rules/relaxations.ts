import { isDeepStrictEqual } from 'node:util';
import type { Comparison, Condition, Policy, Rule, Scoring } from './policy-schema.ts';
import { mostOf } from './scores.ts';
import { atLeastAsStrict } from './tightening.ts';

/** Where a policy is milder than another: the rule, score table or tier, and how (中文). */
export type Relaxation = { ruleId: string; message: string };

/**
 * Everything in which `candidate` is, or cannot be shown not to be, milder than `core`. None means that on all facts and
 * days its outcome is the same or a worse one.
 */
export function relaxations(core: Policy, candidate: Policy): Relaxation[] {
  const rules = core.rules.flatMap((rule) => {
    const other = candidate.rules.find(({ id }) => id === rule.id);
    const messages = other === undefined ? ['删除了市级规则'] : relaxationsOf(rule, other);
    return messages.map((message) => ({ ruleId: rule.id, message }));
  });
  const { secondOpinion } = core;
  const opinion = secondOpinion === undefined || candidate.secondOpinion === secondOpinion ? [] : [opinionDropped];
  return [
    ...rules,
    ...opinion,
    ...(core.scoring === undefined ? [] : scoringRelaxations(core.scoring, candidate.scoring)),
  ];
}

const opinionDropped: Relaxation = { ruleId: 'secondOpinion', message: '取消了第二部门意见' };

function relaxationsOf(core: Rule, candidate: Rule): string[] {
  const messages: string[] = [];
  if (core.effect === 'exclude' && candidate.effect === 'review') messages.push('不符合时由排除降为人工审核');
  const { when } = candidate;
  // The more enterprises a rule applies to the stricter it is, so here the core's condition must be the narrower one.
  if (when !== undefined && (core.when === undefined || !atLeastAsStrict(core.when, when))) {
    messages.push('增加或改变了适用前提，规则适用的企业变少');
  }
  if (!atLeastAsStrict(candidate.must, core.must)) messages.push(...loosened(core.must, candidate.must));
  return messages;
}

/** Names what was loosened as far as one comparison shows it, and else says that there is no proof. */
function loosened(core: Condition, candidate: Condition): string[] {
  const before = comparisonsOf(core);
  const after = comparisonsOf(candidate);
  const messages = before.flatMap((comparison) => {
    const same = after.filter(({ path, op }) => path === comparison.path && op === comparison.op);
    const [changed] = same;
    if (changed === undefined || same.some((other) => isDeepStrictEqual(other, comparison))) return [];
    return difference(comparison, changed);
  });
  const forgives = (comparison: Comparison) => comparison.op === 'absent' || comparison.op === 'present';
  const unknown = after.filter((one) => forgives(one) && !before.some((other) => isDeepStrictEqual(one, other)));
  const handling = unknown.map(({ path }) => `改变了“${path}”缺失时的处理：缺失的事实一律为未知，不得视为符合`);
  const all = [...new Set([...messages, ...handling])];
  return all.length > 0 ? all : ['不能证明替换后的条件不宽于市级条件；请改用附加条件（and）'];
}

function difference(core: Comparison, candidate: Comparison): string[] {
  if (!('value' in core) || !('value' in candidate)) return [];
  const words = (comparison: Comparison) =>
    'value' in comparison && Array.isArray(comparison.value) ? comparison.value : undefined;
  const [known, given] = [words(core), words(candidate)];
  if (known !== undefined && given !== undefined) {
    const more = given.filter((word) => !known.includes(word));
    const fewer = known.filter((word) => !given.includes(word));
    const told = [...more.map((word) => `增加 ${word}`), ...fewer.map((word) => `减少 ${word}`)];
    return [`“${core.path}”的范围放宽：${told.join('，')}`];
  }
  const told = (comparison: Comparison) => {
    const months = 'plusMonths' in comparison ? `（加 ${comparison.plusMonths ?? 0} 个月）` : '';
    return `${'value' in comparison ? JSON.stringify(comparison.value) : ''}${months}`;
  };
  return [`“${core.path}”的限度放宽：由 ${told(core)} 改为 ${told(candidate)}`];
}

function comparisonsOf(condition: Condition): Comparison[] {
  if ('all' in condition) return condition.all.flatMap(comparisonsOf);
  if ('any' in condition) return condition.any.flatMap(comparisonsOf);
  if ('not' in condition) return comparisonsOf(condition.not);
  if ('some' in condition) return comparisonsOf(condition.some.where);
  if ('none' in condition) return comparisonsOf(condition.none.where);
  return [condition];
}

/** Points rank all enterprises of the city alike: a county may raise a threshold, and give its own points apart. */
function scoringRelaxations(core: Scoring, candidate: Scoring | undefined): Relaxation[] {
  if (candidate === undefined) return core.tables.map(({ id }) => ({ ruleId: id, message: '删除了市级评分表' }));
  const found: Relaxation[] = [];
  for (const table of core.tables) {
    const other = candidate.tables.find(({ id }) => id === table.id);
    if (isDeepStrictEqual(other, table)) continue;
    found.push({
      ruleId: table.id,
      message: other === undefined ? '删除了市级评分表' : '改变了市级评分表的条件或分值',
    });
  }
  for (const { id } of candidate.tables) {
    if (core.tables.some((table) => table.id === id)) continue;
    found.push({ ruleId: id, message: '县级加分不得计入市级得分，应列为本地评分表（local）' });
  }
  for (const tier of core.tiers) {
    const other = candidate.tiers.find(({ id }) => id === tier.id);
    if (other === undefined) found.push({ ruleId: tier.id, message: '删除了市级分档' });
    else if (other.atLeast < tier.atLeast) {
      found.push({ ruleId: tier.id, message: `分档门槛由 ${tier.atLeast} 分降为 ${other.atLeast} 分` });
    }
  }
  for (const { id } of candidate.tiers) {
    if (!core.tiers.some((tier) => tier.id === id)) found.push({ ruleId: id, message: '增加了市级没有的分档' });
  }
  if (core.floor !== undefined && (candidate.floor ?? 0) < core.floor) {
    found.push({ ruleId: 'floor', message: `最低分由 ${core.floor} 分降为 ${candidate.floor ?? 0} 分` });
  }
  return [...found, ...outweighing(core, candidate)];
}

function outweighing(core: Scoring, { local = [], localAtMost }: Scoring): Relaxation[] {
  let sum = 0;
  const found = local.flatMap((table) => {
    sum += mostOf(table);
    const message = `县级加分合计最多 ${core.localAtMost} 分，到此表已有 ${sum} 分`;
    return sum > core.localAtMost ? [{ ruleId: table.id, message }] : [];
  });
  if (localAtMost <= core.localAtMost) return found;
  return [...found, { ruleId: 'localAtMost', message: '提高了县级加分的上限' }];
}
