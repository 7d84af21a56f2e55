import type { PolicyProblem } from './engine.ts';

/** What the compiler says to programmers, as the person who drafts a policy reads it (中文). */
const words: readonly [RegExp, string][] = [
  [/^there is no fact "(.*)"$/, '没有“$1”这项事实'],
  [/^"(.*)" of (.*) does not fit "(.*)"$/, '“$3”不能以 $1 与 $2 比较'],
  [/^"(.*)" is not a list whose items can be asked$/, '“$1”不是可以逐项判断的列表'],
  [/^conditions are nested more than (\d+) deep$/, '条件嵌套不得超过 $1 层'],
  [/^the rule reads nothing of its source "(.*)"$/, '规则没有读取所标来源 $1 的任何事实'],
];

export function said({ ruleId, message }: PolicyProblem): PolicyProblem {
  const [pattern, told] = words.find(([known]) => known.test(message)) ?? [];
  const reason = pattern === undefined || told === undefined ? message : message.replace(pattern, told);
  return { ruleId, message: `规则“${ruleId}”不能执行：${reason}` };
}
