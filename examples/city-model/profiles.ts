import type { Asset, CreditFacts } from '#packages/local/simulators/facts';
import { addDays } from './days.ts';
import { consentOf, type Enterprise } from './enterprise.ts';
import { pastEntry, penaltyOnDisplay, repairedPenalty } from './penalties.ts';
import type { Random } from './random.ts';
import { endedInvention, inventOtherRights, inventPatent } from './rights.ts';
import { trades } from './words.ts';

/**
 * What is remarkable about an enterprise, and how many of a thousand have it. `sound` has nothing against it and an
 * unpledged invention; every other profile spoils exactly one thing.
 */
export const profileWeights = [
  ['sound', 188],
  ['no-invention', 317],
  ['invention-not-in-force', 45],
  ['invention-pledged', 35],
  ['tax-missing', 45],
  ['tax-c', 35],
  ['tax-d', 12],
  ['tax-new', 15],
  ['public-grade-low', 18],
  ['public-grade-missing', 10],
  ['on-a-list', 28],
  ['abnormal', 24],
  ['penalty', 40],
  ['young', 42],
  ['large', 16],
  ['restricted-industry', 16],
  ['elsewhere', 10],
  ['inactive', 14],
  ['no-consent', 58],
  ['consent-expired', 14],
  ['credit-unknown', 8],
  ['ip-unknown', 10],
] as const;
export type Profile = (typeof profileWeights)[number][0];

type Spoil = (subject: Subject, random: Random, day: string) => void;
/** A sound enterprise about to be spoiled; both sources know it. */
export type Subject = Enterprise & { credit: CreditFacts; ip: { assets: Asset[] } };

/** Facts of a sound enterprise: active, graded, nothing on display, and at least one invention to pledge. */
export function soundFacts(random: Random, enterprise: Enterprise, day: string): Subject {
  const { row, trade } = enterprise;
  const registration = {
    status: 'active',
    registeredOn: row.foundedOn,
    divisionCode: row.divisionCode,
    industryCode: row.industryCode,
  };
  const credit: CreditFacts = {
    registration,
    taxGrade: random.weighted([
      ['A', 35],
      ['B', 65],
    ]),
    publicCreditGrade: random.weighted([
      ['A', 45],
      ['B', 55],
    ]),
    lists: [],
    abnormal: random.chance(0.04) ? [pastEntry(random, day)] : [],
    penalties: random.chance(0.04) ? [repairedPenalty(random, day)] : [],
  };
  const inventions = Array.from({ length: random.chance(0.75) ? 1 : random.int(2, 3) }, () =>
    inventPatent(random, 'invention', trade, day),
  );
  return { ...enterprise, credit, ip: { assets: [...inventions, ...inventOtherRights(random, trade, day, 2)] } };
}

const spoils: Record<Profile, Spoil> = {
  sound() {},
  'no-invention': (subject, random, day) => {
    subject.ip.assets = inventOtherRights(random, subject.trade, day, 3);
  },
  'invention-not-in-force': (subject, random, day) => {
    const status = random.weighted([
      ['fee-overdue', 60],
      ['expired', 15],
      ['invalidated', 25],
    ]);
    subject.ip.assets = [
      endedInvention(random, subject.trade, day, status),
      ...inventOtherRights(random, subject.trade, day, 2),
    ];
  },
  'invention-pledged': (subject) => {
    for (const asset of subject.ip.assets) asset.pledged = asset.kind === 'invention';
  },
  'tax-missing': ({ credit }) => {
    delete credit.taxGrade;
  },
  'tax-c': ({ credit }) => {
    credit.taxGrade = 'C';
  },
  'tax-d': ({ credit }) => {
    credit.taxGrade = 'D';
  },
  'tax-new': ({ credit }) => {
    credit.taxGrade = 'M';
  },
  'public-grade-low': ({ credit }, random) => {
    credit.publicCreditGrade = random.weighted([
      ['C', 80],
      ['D', 20],
    ]);
  },
  'public-grade-missing': ({ credit }) => {
    delete credit.publicCreditGrade;
  },
  'on-a-list': ({ credit }, random, day) => {
    const kind = random.weighted([
      ['dishonest-debtor', 40],
      ['wage-arrears', 12],
      ['market-serious', 14],
      ['serious-tax', 10],
      ['environment', 8],
      ['safety', 8],
      ['procurement', 4],
      ['ip-serious', 4],
    ]);
    credit.lists = [{ kind, listedOn: addDays(day, -random.int(10, 600)) }];
  },
  abnormal: ({ credit }, random, day) => {
    credit.abnormal = [{ listedOn: addDays(day, -random.int(20, 500)) }];
  },
  penalty: ({ credit }, random, day) => {
    credit.penalties = [penaltyOnDisplay(random, day)];
  },
  young: ({ row, credit }, random, day) => {
    row.foundedOn = addDays(day, -random.int(20, 300));
    // Nobody consents before there is a company.
    if (row.consent) row.consent = consentOf(row.uscc, addDays(row.foundedOn, random.int(1, 15)));
    if (credit.registration) credit.registration.registeredOn = row.foundedOn;
  },
  large: ({ row }) => {
    row.size = '大型';
  },
  'restricted-industry': ({ row, credit, trade }, random) => {
    const restricted = random.weighted([
      ['property', 60],
      ['finance', 40],
    ]);
    row.name = row.name.replace(trades[trade].label, trades[restricted].label);
    row.industryCode = trades[restricted].code;
    if (credit.registration) credit.registration.industryCode = row.industryCode;
  },
  elsewhere: ({ row, credit }) => {
    // A company that has moved within the city, or to the provincial capital.
    if (credit.registration) credit.registration.divisionCode = row.divisionCode === '411502' ? '411503' : '411502';
  },
  inactive: ({ credit }, random) => {
    if (credit.registration) credit.registration.status = random.pick(['revoked', 'cancelled']);
  },
  'no-consent': ({ row }) => {
    delete row.consent;
  },
  'consent-expired': ({ row }, random, day) => {
    const expiresOn = addDays(day, -random.int(3, 90));
    if (row.consent) row.consent = { ...row.consent, grantedOn: addDays(expiresOn, -364), expiresOn };
  },
  'credit-unknown': () => {},
  'ip-unknown': () => {},
};

/** An enterprise of that profile; now and then one of the unsound has a second thing against it. */
export function withProfile(random: Random, enterprise: Enterprise, profile: Profile, day: string): Enterprise {
  const subject = soundFacts(random, enterprise, day);
  spoils[profile](subject, random, day);
  if (profile !== 'sound' && random.chance(0.15)) spoils[secondOf(random, profile)](subject, random, day);
  const { credit, ip, ...rest } = subject;
  return {
    ...rest,
    ...(profile !== 'credit-unknown' && { credit }),
    ...(profile !== 'ip-unknown' && { ip }),
  };
}

function secondOf(random: Random, profile: Profile): Profile {
  // A second word on the same grade would take back the first.
  if (profile.startsWith('tax-')) return 'no-invention';
  return random.weighted([
    ['no-invention', 60],
    ['tax-c', 12],
    ['tax-missing', 10],
    ['penalty', 12],
    ['abnormal', 6],
  ]);
}
