import type { FieldError } from '#packages/outcome';
import { tryCompile } from './engine.ts';
import { coreOf, type FiledCore, type FiledPolicy, isOverlay } from './filed-policy.ts';
import type { OverlayProblem } from './overlay.ts';
import { said } from './problem-words.ts';

/** What the schema of a core policy cannot see: facts nobody delivers, rules that read nothing. */
export function problemsOfCore(filed: FiledCore): FieldError[] {
  const compilation = tryCompile(coreOf(filed));
  if (compilation.kind === 'compiled') return [];
  return compilation.problems.map((problem) => ({
    pointer: pointerTo(filed, problem.ruleId),
    code: 'rule_not_executable',
    message: said(problem).message,
  }));
}

const codes: Record<OverlayProblem['kind'], string> = { relaxes: 'relaxes_core', malformed: 'rule_malformed' };

/** The same of an overlay, each with the rule's id in its words: the reader may know only the city's rule. */
export function toldOfOverlay(filed: FiledPolicy, problems: readonly OverlayProblem[]): FieldError[] {
  return problems.map(({ kind, ruleId, message }) => ({
    pointer: pointerTo(filed, ruleId),
    code: codes[kind],
    message: ruleId === undefined || message.includes(`“${ruleId}”`) ? message : `规则“${ruleId}”：${message}`,
  }));
}

/** Where in what was filed the rule, table, row or tier of that id stands; the whole where it does not. */
function pointerTo(filed: FiledPolicy, id: string | undefined): string {
  return placesIn(filed).find(([known]) => known === id)?.[1] ?? '';
}

function placesIn(filed: FiledPolicy): [id: string, pointer: string][] {
  const each = (pointer: string, ids: readonly string[]) =>
    ids.map((id, place): [string, string] => [id, `${pointer}/${place}`]);
  const { scoring } = filed;
  const tables = scoring !== undefined && 'tables' in scoring ? scoring.tables : [];
  const listed = [
    ['/scoring/tables', tables],
    ['/scoring/local', scoring?.local ?? []],
  ] as const;
  return [
    ...each(
      '/rules',
      filed.rules.map(({ id }) => id),
    ),
    ...(isOverlay(filed)
      ? each(
          '/tighten',
          filed.tighten.map(({ ruleId }) => ruleId),
        )
      : []),
    ...each(
      '/scoring/tiers',
      (scoring?.tiers ?? []).map(({ id }) => id),
    ),
    ...listed.flatMap(([pointer, all]) => [
      ...each(
        pointer,
        all.map(({ id }) => id),
      ),
      ...all.flatMap(({ rows }, place) =>
        each(
          `${pointer}/${place}/rows`,
          rows.map(({ id }) => id),
        ),
      ),
    ]),
    ['floor', '/scoring/floor'],
  ];
}
