import type { Asset } from '#packages/local/simulators/facts';
import { withWrongCheck } from './codes.ts';
import { addDays } from './days.ts';
import { inventName } from './enterprise.ts';
import { expiredPenalty, penaltyOnDisplay, repairedPenalty } from './penalties.ts';
import type { Subject } from './profiles.ts';
import { randomFrom, type Random } from './random.ts';
import { endedInvention } from './rights.ts';

/** What must become of the row: the outcome of the first screening, or the code its row is rejected with. */
export type Expected =
  | 'pass'
  | 'review'
  | 'exclude'
  | 'stale'
  | 'uscc_malformed'
  | 'duplicate_in_file'
  | 'division_foreign'
  | 'value_malformed';

type Make = (subject: Subject, random: Random, day: string) => void;
/** An edge case that is an enterprise: what to do to a sound one, and the second county that nominates it. */
export type Sound = { id: string; list: string; what: string; expected: Expected; make: Make; alsoIn?: string };

/** Enterprises that are sound but for one thing, or look unsound and are not. */
export const edgeTable: readonly Sound[] = [
  {
    id: 'check-digit-1',
    list: '411502',
    what: '校验码不符，个别在用代码确有此情形（警告，仍受理）',
    expected: 'pass',
    make: wrongCheck,
  },
  {
    id: 'check-digit-2',
    list: '411525',
    what: '校验码不符，个别在用代码确有此情形（警告，仍受理）',
    expected: 'pass',
    make: wrongCheck,
  },
  {
    id: 'check-digit-3',
    list: '411528',
    what: '校验码不符，个别在用代码确有此情形（警告，仍受理）',
    expected: 'pass',
    make: wrongCheck,
  },
  {
    id: 'penalty-repaired-1',
    list: '411502',
    what: '处罚已信用修复，公示期未满也不再公示',
    expected: 'pass',
    make: repaired,
  },
  {
    id: 'penalty-repaired-2',
    list: '411525',
    what: '处罚已信用修复，公示期未满也不再公示',
    expected: 'pass',
    make: repaired,
  },
  {
    id: 'penalty-display-over-1',
    list: '411503',
    what: '处罚公示期已满，自动不再公示',
    expected: 'pass',
    make: displayOver,
  },
  {
    id: 'penalty-display-over-2',
    list: '411526',
    what: '处罚公示期已满，自动不再公示',
    expected: 'pass',
    make: displayOver,
  },
  {
    id: 'penalty-no-display-end',
    list: '411503',
    what: '处罚未载公示截止日，按严重程度的最长公示期推算，仍在公示',
    expected: 'review',
    make(subject, random, day) {
      const { displayUntil: _unknown, ...penalty } = penaltyOnDisplay(random, day);
      subject.credit.penalties = [{ ...penalty, gravity: 'general', fineFen: 2_000_000 }];
    },
  },
  {
    id: 'list-removed',
    list: '411526',
    what: '曾被列为失信被执行人，已履行并移出',
    expected: 'pass',
    make(subject, _random, day) {
      subject.credit.lists = [
        { kind: 'dishonest-debtor', listedOn: addDays(day, -620), removedOn: addDays(day, -410) },
      ];
    },
  },
  {
    id: 'disputed-record',
    list: '411502',
    what: '对在公示的处罚有争议（决定书所载当事人为同名企业），待企业提出异议',
    expected: 'review',
    make(subject, random, day) {
      subject.credit.penalties = [
        { ...penaltyOnDisplay(random, day), gravity: 'general', documentNo: '信市监罚示〔2026〕400号' },
      ];
    },
  },
  {
    id: 'tax-grade-missing-1',
    list: '411502',
    what: '没有纳税信用级别（未知不等于合格）',
    expected: 'review',
    make: untaxed,
  },
  {
    id: 'tax-grade-missing-2',
    list: '411525',
    what: '没有纳税信用级别（未知不等于合格）',
    expected: 'review',
    make: untaxed,
  },
  {
    id: 'moved',
    list: '411502',
    what: '浉河区推荐，但登记机关已变更为平桥区',
    expected: 'review',
    make(subject) {
      if (subject.credit.registration) subject.credit.registration.divisionCode = '411503';
    },
  },
  {
    id: 'two-counties',
    list: '411525',
    alsoIn: '411526',
    what: '固始、潢川两县同时推荐，同一主档两份推荐',
    expected: 'pass',
    make() {},
  },
  { id: 'same-name-1', list: '411526', what: '与另一家同名，代码不同', expected: 'pass', make: sameName },
  {
    id: 'same-name-2',
    list: '411526',
    what: '与另一家同名，代码不同，且为失信被执行人（不得按名称匹配）',
    expected: 'exclude',
    make: sameNameListed,
  },
  {
    id: 'rare-characters-1',
    list: '411502',
    what: '生僻字：浉、溮、镕',
    expected: 'pass',
    make: named('浉河区浉溮镕茶业有限公司（示例）'),
  },
  {
    id: 'rare-characters-2',
    list: '411528',
    what: '生僻字：㙍、䘵（扩展 A 区，GB18030 四字节）',
    expected: 'pass',
    make: named('息县㙍䘵粮油有限公司（示例）'),
  },
  {
    id: 'rare-characters-3',
    list: '411525',
    what: '生僻字：𬭼（扩展 E 区，UTF-16 代理对）',
    expected: 'pass',
    make: named('固始县𬭼锐金属制品有限公司（示例）'),
  },
  { id: 'invention-expired', list: '411503', what: '发明专利已届满', expected: 'review', make: ended('expired') },
  {
    id: 'invention-invalidated',
    list: '411521',
    what: '发明专利被宣告无效',
    expected: 'review',
    make: ended('invalidated'),
  },
  {
    id: 'invention-fee-overdue',
    list: '411522',
    what: '发明专利年费滞纳',
    expected: 'review',
    make: ended('fee-overdue'),
  },
  {
    id: 'invention-pledged',
    list: '411524',
    what: '唯一的发明专利已出质',
    expected: 'review',
    make(subject) {
      for (const asset of subject.ip.assets) asset.pledged = asset.kind === 'invention';
    },
  },
  {
    id: 'consent-expired',
    list: '411527',
    what: '授权已到期',
    expected: 'stale',
    make({ row }, _random, day) {
      if (row.consent) row.consent = { ...row.consent, grantedOn: addDays(day, -400), expiresOn: addDays(day, -36) };
    },
  },
];

function wrongCheck({ row }: Subject): void {
  row.uscc = withWrongCheck(row.uscc);
}

function repaired(subject: Subject, random: Random, day: string): void {
  subject.credit.penalties = [repairedPenalty(random, day)];
}

function displayOver(subject: Subject, random: Random, day: string): void {
  subject.credit.penalties = [expiredPenalty(random, day)];
}

function untaxed({ credit }: Subject): void {
  delete credit.taxGrade;
}

function named(name: string): Make {
  return ({ row }) => {
    row.name = name;
  };
}

function sameName({ row }: Subject): void {
  row.name = inventName(randomFrom(0, 'same-name'), '潢川县', 'food', '同名');
}

function sameNameListed(subject: Subject, _random: Random, day: string): void {
  sameName(subject);
  subject.credit.lists = [{ kind: 'dishonest-debtor', listedOn: addDays(day, -120) }];
}

function ended(status: 'expired' | 'invalidated' | 'fee-overdue'): Make {
  return (subject, random, day) => {
    const others: Asset[] = subject.ip.assets.filter((asset) => asset.kind !== 'invention');
    subject.ip.assets = [endedInvention(random, subject.trade, day, status), ...others];
  };
}
