import { divisions } from '#packages/identifiers';
import type { Enterprise } from './city-api.ts';
import { distinct } from './publish.ts';
import { tableLines, type Column } from './table.ts';

/** Short names of what the rules ask, for a narrow column; a rule that is not here is shown by its id. */
const topics: Record<string, string> = {
  'registration-active': '登记状态',
  'registered-twelve-months': '登记满一年',
  'registered-in-nominating-division': '登记地',
  'founded-by-today': '成立日期',
  'size-sme': '企业规模',
  'industry-nominated': '限制行业',
  'industry-registered': '限制行业',
  'no-dishonest-debtor': '失信被执行人',
  'no-serious-tax': '失信名单',
  'no-market-serious': '失信名单',
  'no-wage-arrears': '失信名单',
  'no-ip-serious': '失信名单',
  'no-procurement': '失信名单',
  'no-safety': '失信名单',
  'no-environment': '失信名单',
  'tax-grade-not-d': '纳税信用',
  'tax-grade-good': '纳税信用',
  'public-grade-good': '公共信用',
  'no-abnormal-entry': '经营异常',
  'no-serious-penalty': '严重处罚',
  'no-general-penalty': '一般处罚',
  'no-minor-penalty': '轻微处罚',
  'right-in-force': '知识产权',
  'unpledged-invention': '发明专利',
  'invention-within-term': '发明专利',
};
/** Rules whose failure excludes; the others' only asks for a look. */
const excluding = new Set([
  'registration-active',
  'size-sme',
  'industry-nominated',
  'industry-registered',
  'no-dishonest-debtor',
  'no-serious-tax',
  'no-market-serious',
  'no-wage-arrears',
  'no-ip-serious',
  'no-procurement',
  'no-safety',
  'no-environment',
  'tax-grade-not-d',
  'no-serious-penalty',
]);

const columns: readonly Column[] = [
  { header: '县区', align: 'left' },
  { header: '提名', align: 'right' },
  { header: '通过', align: 'right' },
  { header: '待核', align: 'right' },
  { header: '排除', align: 'right' },
  { header: '数据不足', align: 'right' },
  { header: '入榜', align: 'right' },
  { header: '待核主要原因', align: 'left' },
  { header: '排除主要原因', align: 'left' },
];

/** The table that the run ends with: a line per county, and the city's sums with each enterprise counted once. */
export function countyTable(counties: ReadonlyMap<string, readonly Enterprise[]>): string[] {
  const everybody = distinct(counties);
  const rows = [...counties].map(([code, enterprises]) => row(divisions.get(code) ?? code, enterprises));
  const lines = tableLines(columns, [...rows, row('合计', everybody)]);
  const twice = [...counties.values()].flat().length - everybody.length;
  return twice === 0
    ? lines
    : [...lines, `${twice} 家由两县同时推荐，合计只计一次。数据不足：没有有效授权或数据源未答复（stale）。`];
}

function row(name: string, enterprises: readonly Enterprise[]): (string | number)[] {
  const of = (outcome: string) => enterprises.filter(({ screening }) => screening?.outcome === outcome);
  const [review, exclude] = [of('review'), of('exclude')];
  const listed = enterprises.filter(({ listing }) => listing?.status === 'listed').length;
  const counts = [enterprises.length, of('pass').length, review.length, exclude.length, of('stale').length, listed];
  const open = topTopics(review, (rule) => !excluding.has(rule));
  return [name, ...counts, open, topTopics(exclude, (rule) => excluding.has(rule))];
}

/** The most frequent topics, each counted once per enterprise. */
function topTopics(enterprises: readonly Enterprise[], counts: (rule: string) => boolean, most = 2): string {
  const times = new Map<string, number>();
  for (const { screening } of enterprises) {
    const found = new Set((screening?.reasons ?? []).filter(counts).map((rule) => topics[rule] ?? rule));
    for (const topic of found) times.set(topic, (times.get(topic) ?? 0) + 1);
  }
  const sorted = [...times].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted
    .slice(0, most)
    .map(([topic, n]) => `${topic} ${n}`)
    .join('、');
}
