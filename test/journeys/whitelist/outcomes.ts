import { addDays, legalDateOf } from '#packages/calendar';
import { type Facts, goodCredit, goodIp, invention } from '../story.ts';

const today = legalDateOf(new Date().toISOString());
const daysFromNow = (days: number) => addDays(today, days);

/** What differs from an enterprise that passes; `undefined` where the source does not know it. */
export type Case = { nomination?: Facts; consent?: Facts | 'none'; credit?: Facts | undefined; ip?: Facts | undefined };
type Outcome = 'pass' | 'review' | 'exclude' | 'stale';

const registration = { status: 'active', registeredOn: '2015-03-01', divisionCode: '411502', industryCode: 'C39' };
const credit = (more: Facts): Case => ({ credit: goodCredit(more) });
const registered = (more: Facts): Case => credit({ registration: { ...registration, ...more } });
const asset = (more: Facts): Case => ({ ip: goodIp(more) });
const without = (...names: string[]): Case => ({
  credit: Object.fromEntries(Object.entries(goodCredit()).filter(([name]) => !names.includes(name))),
});
const penalty = (more: Facts): Case =>
  credit({
    penalties: [
      { documentNo: '信市监罚〔2026〕1号', decidedOn: daysFromNow(-30), gravity: 'serious', fineFen: 500_000, ...more },
    ],
  });
const listKinds = [
  'dishonest-debtor',
  'serious-tax',
  'market-serious',
  'wage-arrears',
  'ip-serious',
  'procurement',
  'safety',
  'environment',
];

/** What the default policy says of an enterprise that is good but for one thing. */
export const outcomes: [string, Case, Outcome][] = [
  ['nothing', {}, 'pass'],
  ['tax grade B', credit({ taxGrade: 'B' }), 'pass'],
  ['tax grade M', credit({ taxGrade: 'M' }), 'pass'],
  ['tax grade C', credit({ taxGrade: 'C' }), 'review'],
  ['tax grade D', credit({ taxGrade: 'D' }), 'exclude'],
  ['no tax grade', without('taxGrade'), 'review'],
  ['public credit grade C', credit({ publicCreditGrade: 'C' }), 'review'],
  ['no public credit grade', without('publicCreditGrade'), 'review'],
  ['no registration', without('registration'), 'review'],
  ['nothing but empty lists', without('registration', 'taxGrade', 'publicCreditGrade'), 'review'],
  ['a registration revoked', registered({ status: 'revoked' }), 'exclude'],
  ['registered a hundred days ago', registered({ registeredOn: daysFromNow(-100) }), 'review'],
  ['registered at the end of time', registered({ registeredOn: '9999-12-31' }), 'review'],
  ['registered elsewhere', registered({ divisionCode: '411525' }), 'review'],
  ['registered as a bank', registered({ industryCode: 'J66' }), 'exclude'],
  ['nominated as a bank', { nomination: { industryCode: 'J66' } }, 'exclude'],
  ['a large enterprise', { nomination: { sizeClass: 'large' } }, 'exclude'],
  ...listKinds.map((kind): [string, Case, Outcome] => [
    `on the list ${kind}`,
    credit({ lists: [{ kind, listedOn: daysFromNow(-10) }] }),
    'exclude',
  ]),
  [
    'a list left again',
    credit({ lists: [{ kind: 'safety', listedOn: daysFromNow(-90), removedOn: daysFromNow(-1) }] }),
    'pass',
  ],
  [
    'a list left only tomorrow',
    credit({ lists: [{ kind: 'safety', listedOn: daysFromNow(-90), removedOn: daysFromNow(1) }] }),
    'exclude',
  ],
  ['abnormal', credit({ abnormal: [{ listedOn: daysFromNow(-10) }] }), 'review'],
  ['abnormal no more', credit({ abnormal: [{ listedOn: daysFromNow(-90), removedOn: daysFromNow(-1) }] }), 'pass'],
  ['a serious penalty', penalty({}), 'exclude'],
  ['a serious penalty, repaired', penalty({ repairedOn: daysFromNow(-1) }), 'pass'],
  ['a serious penalty, no longer shown', penalty({ displayUntil: daysFromNow(-1) }), 'pass'],
  ['a serious penalty on its last day', penalty({ displayUntil: today }), 'exclude'],
  ['a general penalty', penalty({ gravity: 'general' }), 'review'],
  ['a minor penalty', penalty({ gravity: 'minor' }), 'review'],
  ['no right at all', { ip: { assets: [] } }, 'review'],
  ['a pledged invention', asset({ pledged: true }), 'review'],
  ['an invention that has expired', asset({ status: 'expired' }), 'review'],
  ['an invention twenty years old, said to be in force', asset({ filedOn: '2006-01-01' }), 'review'],
  ['a trademark', asset({ kind: 'trademark' }), 'review'],
  ['a pledged invention and a free one', { ip: { assets: [{ ...invention, pledged: true }, invention] } }, 'pass'],
  ['unknown to the credit source', { credit: undefined }, 'review'],
  ['unknown to the IP source', { ip: undefined }, 'review'],
  ['a field nobody agreed on', credit({ taxGrade: 'A+' }), 'stale'],
  ['no consent', { consent: 'none' }, 'stale'],
  ['a consent that has expired', { consent: { expiresOn: daysFromNow(-1) } }, 'stale'],
  ['a consent on its last day', { consent: { expiresOn: today } }, 'pass'],
  ['a consent from today', { consent: { grantedOn: today } }, 'pass'],
  ['a consent from tomorrow', { consent: { grantedOn: daysFromNow(1) } }, 'stale'],
  ['a consent for one source', { consent: { purposes: ['credit'] } }, 'stale'],
  ['a consent for the other', { consent: { purposes: ['ip'] } }, 'stale'],
  ['no consent, and a hard hit', { consent: 'none', ...penalty({}) }, 'stale'],
];
