/**
 * What a patent is valued for (GB/T 42748-2023 names these uses and lets the weights differ by them).
 */
export const purposes = ['finance', 'licence-transfer', 'reporting', 'infringement', 'management', 'other'] as const;
export type Purpose = (typeof purposes)[number];

/** Weights in the order of `purposes`; of every purpose they add up to 100. */
type Weights = readonly [number, number, number, number, number, number];
type Branch = { id: string; name: string; leaves: readonly { id: string; name: string; weights: Weights }[] };

/**
 * 本项目模板: the indicators beside a patent's value, and what each weighs. Neither the names of the second level nor the
 * weights are the standard's text, which gives no fixed weights and was not to be had. Basis: the weights for finance are
 * the proposal of domain 6.1; those of the other uses are a template without any other basis [D]. Each city sets its own.
 */
export const indicatorTree = [
  {
    id: 'legal',
    name: '法律价值',
    leaves: [
      { id: 'stability', name: '权利稳定性', weights: [12, 10, 9, 15, 8, 10] },
      { id: 'scope', name: '权利保护范围', weights: [9, 9, 6, 13, 7, 8] },
      { id: 'detectability', name: '侵权可判定性', weights: [7, 6, 4, 16, 5, 6] },
      { id: 'dependence', name: '依赖度', weights: [7, 6, 4, 6, 5, 6] },
    ],
  },
  {
    id: 'technical',
    name: '技术价值',
    leaves: [
      { id: 'advancement', name: '技术先进性', weights: [6, 8, 6, 5, 9, 7] },
      { id: 'substitutability', name: '技术替代性', weights: [5, 8, 6, 5, 7, 6] },
      { id: 'range', name: '技术适用范围', weights: [4, 7, 5, 3, 7, 5] },
      { id: 'independence', name: '技术独立性', weights: [3, 4, 3, 3, 5, 4] },
      { id: 'maturity', name: '技术成熟度', weights: [5, 7, 6, 2, 7, 6] },
      { id: 'trend', name: '技术领域发展态势', weights: [2, 4, 3, 2, 7, 4] },
    ],
  },
  {
    id: 'economic',
    name: '经济价值',
    leaves: [
      { id: 'remaining-life', name: '剩余经济寿命', weights: [10, 8, 14, 8, 8, 10] },
      { id: 'competition', name: '竞争态势', weights: [8, 7, 8, 7, 8, 8] },
      { id: 'market-use', name: '市场应用情况', weights: [14, 9, 15, 9, 9, 11] },
      { id: 'operation', name: '专利运营状况', weights: [8, 7, 11, 6, 8, 9] },
    ],
  },
] as const satisfies readonly Branch[];

export type IndicatorId = (typeof indicatorTree)[number]['leaves'][number]['id'];

/** Each of the second level with its weight for a purpose. */
export function indicatorsFor(purpose: Purpose) {
  const column = purposes.indexOf(purpose);
  return indicatorTree.flatMap(({ id: parent, leaves }) =>
    leaves.map(({ id, name, weights }) => ({ id, parent, name, weight: weights[column] ?? 0 })),
  );
}

/**
 * How a patent scores for a purpose: Σ weight · score ÷ 100, in hundredths and exact, for each branch by what it adds and
 * for the whole. It stands beside the value and does not enter it.
 */
export function scoreIndicators(purpose: Purpose, scores: Record<IndicatorId, number>) {
  const items = indicatorsFor(purpose).map((one) => ({ ...one, score: scores[one.id] }));
  const of = (parent?: string) =>
    items
      .filter((one) => parent === undefined || one.parent === parent)
      .reduce((sum, { weight, score }) => sum + weight * score, 0);
  const branches = indicatorTree.map(({ id, name }) => ({ id, name, scoreHundredths: of(id) }));
  return { scoreHundredths: of(), branches, items };
}
