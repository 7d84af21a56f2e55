import { parseArgs } from 'node:util';
import { inventCity } from './city-model/city.ts';
import { writeCity } from './city-model/files.ts';

const usage = `用法：node examples/generate.ts [--enterprises 2000] [--seed 20261101] [--day 2026-11-01] [--out examples/city]

生成一座虚构城市的示例数据：县区名单、两个数据源的事实、特意安排的边界情形。参数相同，结果逐字节相同。`;

const { values } = parseArgs({
  options: {
    enterprises: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '20261101' },
    day: { type: 'string', default: '2026-11-01' },
    out: { type: 'string', default: 'examples/city' },
    help: { type: 'boolean', default: false },
  },
});

const enterprises = wholeNumber(values.enterprises, 50, 100_000);
const seed = wholeNumber(values.seed, 0, 2 ** 53 - 1);
const dayIsReal = !Number.isNaN(Date.parse(`${values.day}T00:00:00.000Z`)) && /^\d{4}-\d{2}-\d{2}$/.test(values.day);

if (values.help) {
  console.log(usage);
} else if (enterprises === undefined || seed === undefined || !dayIsReal) {
  console.error(`企业数应为 50 至 100000，种子应为非负整数，日期应为 YYYY-MM-DD。\n\n${usage}`);
  process.exitCode = 1;
} else {
  const city = inventCity({ enterprises, seed, day: values.day });
  const names = await writeCity(city, values.out);
  const rows = city.lists.reduce((sum, list) => sum + list.rows.length, 0);
  console.log(
    `示例数据：${city.facts.length} 家企业，${city.lists.length} 份名单共 ${rows} 行，${city.edgeCases.length} 种边界情形`,
  );
  for (const name of names) console.log(`  ${values.out}/${name}`);
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
