import { usccOf } from './codes.ts';
import { addDays } from './days.ts';
import { consentOf, countyOf, inventRow, type Enterprise, type ListRow, type Setting } from './enterprise.ts';
import { edgeTable, type Expected, type Sound } from './edge-table.ts';
import { soundFacts, type Subject } from './profiles.ts';
import { randomFrom, type Random } from './random.ts';

/** One line of the table of edge cases in the README. */
export type EdgeCase = { id: string; uscc: string; list: string; what: string; expected: Expected };

/** What an edge case puts into the city: rows of lists, and an enterprise unless the row is none. */
export type EdgeEntry = { edge: EdgeCase; rows: { list: string; row: ListRow }[]; enterprise?: Enterprise };

/** All edge cases of the city, each with a sequence of its own. */
export function edgeEntries(seed: number, setting: Setting): EdgeEntry[] {
  const entries = edgeTable.map((sound) => soundEntry(seed, setting, sound));
  return [fixture(seed, setting), ...entries, unknownToCredit(seed, setting), ...rejectedRows(seed, setting)];
}

function soundEntry(seed: number, setting: Setting, sound: Sound): EdgeEntry {
  const random = randomFrom(seed, `edge/${sound.id}`);
  const subject = soundSubject(random, setting, sound.list);
  sound.make(subject, random, setting.day);
  const { id, list, what, expected, alsoIn } = sound;
  const rows = [{ list, row: subject.row }];
  if (alsoIn !== undefined) rows.push({ list: alsoIn, row: elsewhere(subject.row, alsoIn) });
  return { edge: { id, uscc: subject.row.uscc, list, what, expected }, rows, enterprise: subject };
}

/** Sound without the past entries that chance gives some. */
function soundSubject(random: Random, setting: Setting, list: string): Subject {
  const subject = soundFacts(random, inventRow(random, setting, countyOf(list)), setting.day);
  subject.credit = { ...subject.credit, abnormal: [], penalties: [] };
  return subject;
}

/** The enterprise whose code stands in every document of ours: nothing about it is remarkable. */
function fixture(seed: number, setting: Setting): EdgeEntry {
  const random = randomFrom(seed, 'edge/fixture');
  const subject = soundSubject(random, setting, '411502');
  subject.row.uscc = usccOf('411502', 'MA9TETT0');
  setting.taken.add(subject.row.uscc);
  subject.row.name = '浉河区示例茗源茶业有限公司（示例）';
  subject.row.consent = consentOf(subject.row.uscc, addDays(setting.day, -30));
  const edge = {
    id: 'ordinary',
    uscc: subject.row.uscc,
    list: '411502',
    what: '普通企业，各文档通用的示例代码',
    expected: 'pass' as const,
  };
  return { edge, rows: [{ list: '411502', row: subject.row }], enterprise: subject };
}

function unknownToCredit(seed: number, setting: Setting): EdgeEntry {
  const { row, trade, ip } = soundSubject(randomFrom(seed, 'edge/credit-unknown'), setting, '411523');
  const edge = {
    id: 'credit-unknown',
    uscc: row.uscc,
    list: '411523',
    what: '信用源查无此企业（不等于无不良记录）',
    expected: 'review' as const,
  };
  return { edge, rows: [{ list: '411523', row }], enterprise: { row, trade, ip } };
}

/** Rows that are sent back. None of them is an enterprise, or not once more. */
function rejectedRows(seed: number, setting: Setting): EdgeEntry[] {
  const reject = (
    id: string,
    list: string,
    what: string,
    expected: Expected,
    spoil: (row: ListRow) => ListRow,
  ): EdgeEntry => {
    const row = spoil(inventRow(randomFrom(seed, `edge/${id}`), setting, countyOf(list)).row);
    return { edge: { id, uscc: row.uscc, list, what, expected }, rows: [{ list, row }] };
  };
  const twice = soundEntry(seed, setting, {
    id: 'row-twice',
    list: '411502',
    what: '同一文件中重复的一行',
    expected: 'duplicate_in_file',
    make() {},
  });
  return [
    reject('uscc-letter-o', '411502', '代码中把数字 0 写成字母 O', 'uscc_malformed', (row) => ({
      ...row,
      uscc: `${row.uscc.slice(0, 16)}O${row.uscc.slice(17)}`,
    })),
    reject('uscc-too-short', '411525', '代码只有 17 位', 'uscc_malformed', (row) => ({
      ...row,
      uscc: row.uscc.slice(0, 17),
    })),
    { ...twice, rows: [...twice.rows, ...twice.rows] },
    reject('division-foreign', '411502', '浉河区名单中混入平桥区的一行', 'division_foreign', (row) =>
      elsewhere(row, '411503'),
    ),
    reject('date-impossible', '411524', '成立日期 2019-02-30 不存在', 'value_malformed', (row) => ({
      ...row,
      foundedOn: '2019-02-30',
    })),
    reject('date-in-words', '411525', '成立日期写作“二〇一九年三月”', 'value_malformed', (row) => ({
      ...row,
      foundedOn: '二〇一九年三月',
    })),
    reject('size-unknown', '411526', '企业规模写作“规上”', 'value_malformed', (row) => ({ ...row, size: '规上' })),
  ];
}

function elsewhere(row: ListRow, divisionCode: string): ListRow {
  const { parkId: _left, ...moved } = row;
  return { ...moved, divisionCode };
}
