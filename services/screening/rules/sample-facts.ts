import type { ScreeningFacts, SourceAnswer } from '../facts.ts';

/** The legal date that tests and benchmarks decide on. */
export const sampleToday = '2026-11-23';

export function knownAnswer<Data>(recordId: string, data: Data): SourceAnswer<Data> {
  const observedAt = '2026-11-20T02:00:00.000Z';
  return { kind: 'known', recordId, observedAt, fetchedAt: '2026-11-23T01:00:00.000Z', digest: '0'.repeat(64), data };
}

/** An enterprise that the default policy passes, with a past that no longer counts. For tests and benchmarks. */
export function soundFacts() {
  const nomination = {
    recordId: '91411502MA9TETT0X9',
    observedAt: '2026-10-09T03:00:00.000Z',
    data: { sizeClass: 'small', industryCode: 'C39', foundedOn: '2015-03-01', divisionCodes: ['411502'] },
  } satisfies ScreeningFacts['nomination'];
  const credit = {
    registration: { status: 'active', registeredOn: '2015-03-01', divisionCode: '411502', industryCode: 'C39' },
    taxGrade: 'A',
    publicCreditGrade: 'B',
    lists: [{ kind: 'wage-arrears', listedOn: '2020-05-06', removedOn: '2022-05-06' }],
    abnormal: [],
    penalties: [{ documentNo: '信市监罚〔2023〕17号', decidedOn: '2023-02-01', gravity: 'general', fineFen: 500_000 }],
  } satisfies Extract<ScreeningFacts['credit'], { kind: 'known' }>['data'];
  const asset = { kind: 'invention', title: '一种茶叶杀青装置', status: 'in-force', filedOn: '2017-10-30' } as const;
  const ip = {
    assets: [
      { ...asset, number: '201710601862.3', grantedOn: '2019-06-04', pledged: true },
      { ...asset, number: '201310699744.2', grantedOn: '2016-08-17', pledged: false },
    ],
  };
  return { nomination, credit, ip };
}

/** The same as the rules take it. */
export function soundScreeningFacts(): ScreeningFacts {
  const { nomination, credit, ip } = soundFacts();
  return { nomination, credit: knownAnswer('credit-1', credit), ip: knownAnswer('ip-1', ip) };
}
