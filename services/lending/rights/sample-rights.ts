import type { RightKind } from '../contract/right-schemas.ts';
import type { Asset } from './doctor.ts';

/** A day on which everything below is sound, and a loan's maturity with more than a year of life behind it. */
export const soundDay = '2026-11-23';
export const soundMaturity = '2027-11-22';

const free = {
  valueFen: 100_000_000n,
  valuedOn: '2026-10-15',
  registeredOn: '2026-11-01',
  pledgorIsOwner: true,
  granted: true,
  inForce: true,
  suspended: false,
  contractComplete: true,
  coOwners: 0,
  pledged: false,
  invalidationPending: false,
  otherObstacle: false,
};

/** A right of each kind of which everything is known and nothing is wrong, for tests. */
export const soundRights: Record<RightKind, Asset> = {
  invention: {
    ...free,
    kind: 'invention',
    number: '201710601862.3',
    filedOn: '2017-07-21',
    feePaidUntil: '2027-07-20',
  },
  'utility-model': {
    ...free,
    kind: 'utility-model',
    number: '201921898050.0',
    filedOn: '2019-11-06',
    feePaidUntil: '2027-11-05',
    sameDayInvention: false,
  },
  design: { ...free, kind: 'design', number: '202330123456.7', filedOn: '2023-03-01', feePaidUntil: '2027-02-28' },
  trademark: { ...free, kind: 'trademark', number: '12345678', expiresOn: '2034-03-13', similarMarksIncluded: true },
  copyright: { ...free, kind: 'copyright', number: '国作登字-2020-F-01234567', publishedOn: '2019-05-01' },
  software: { ...free, kind: 'software', number: '2020SR0123456', publishedOn: '2020-02-01' },
  'ic-layout': {
    ...free,
    kind: 'ic-layout',
    number: 'BS.22500520.4',
    filedOn: '2022-06-01',
    firstUsedOn: '2022-06-01',
    createdOn: '2022-01-01',
  },
  'licence-income': {
    ...free,
    kind: 'licence-income',
    number: 'XK-2024-001',
    licenceEndsOn: '2029-12-31',
    debtorConfirmed: true,
    assigned: false,
    register: 'zhongdeng',
  },
};
