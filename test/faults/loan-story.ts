import { expect } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { addDays, addMonths, todayOf } from '#packages/calendar';
import { openClient } from '#packages/sdk/client';
import { requiredDocuments } from '#services/fund/contract';
import { usccOf } from '../../examples/city-model/codes.ts';
import { monthOf, reportDueOn } from '../../services/lending/report-months.ts';
import { goodCredit, goodIp, storyOf } from '../journeys/story.ts';
import type { City } from '../support/city.ts';
import { platformKeys } from '../support/partner.ts';
import { insist } from './main-job.ts';

/** A fund, two banks, their loans and a default, through HTTP, by clients that do not give up. */

/** Runs a step of it; whatever happens about it meanwhile is the caller's. */
export type Around = <T>(step: string, work: () => Promise<T>) => Promise<T>;
export type Fire = (schedule: string, name: string, at: string) => Promise<unknown>;

export const fundPath = '/v1/funds/xinyang';
const today = todayOf(new Date());
const attempts = 80;
const longestPauseMs = 400;

/** Signs each attempt anew, under the same Idempotency-Key; what a bank's system does. */
export async function patientBank(city: City, partnerId: string) {
  const { keyid, privateKeyPem } = city.cloud.credentials.partners[partnerId]!;
  const client = openClient({
    baseUrl: city.baseUrl,
    keyid,
    privateKeyPem,
    platformKeys: await platformKeys(city),
    attempts,
    wait: (milliseconds) => sleep(Math.min(milliseconds, longestPauseMs)),
  });
  return async (status: number, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<any> => {
    const answer = await client.call({ method, path, ...(body !== undefined && { body }) });
    expect(answer, `${method} ${path}: ${JSON.stringify(answer)}`).toMatchObject({ kind: 'done', status });
    return answer.kind === 'done' ? answer.body : undefined;
  };
}

/** Enterprises on the list, before anything goes wrong. */
export async function foundation(city: City): Promise<string[]> {
  const story = storyOf(city);
  const usccs = [0, 1, 2].map((place) => usccOf('411502', `MA7X000${place}`));
  for (const uscc of usccs) {
    await story.nominate(uscc);
    await Promise.all([story.consent(uscc), story.tellSources(uscc, goodCredit(), goodIp())]);
  }
  await story.screen(...usccs);
  for (const uscc of usccs) await story.opine(uscc);
  await story.publish();
  return usccs;
}

/** Lives the story; answers the ids of its loans and its claim. */
export async function liveLoans(city: City, usccs: readonly string[], around: Around, fire: Fire) {
  const [bankA, bankB] = [await patientBank(city, 'bank-a'), await patientBank(city, 'bank-b')];
  const say = (operator: string, path: string, json: unknown = {}): Promise<any> =>
    insist(city, 'POST', path, { token: city.operator(operator), key: keyOf(operator, path, json), json });
  const drained = async () => expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });

  await around('fund', async () => {
    await say('city-admin', '/v1/funds', { fundId: 'xinyang', name: '示例基金', programme });
    await say('city-reviewer', `${fundPath}/programmes/1/approvals`);
    await say('city-admin', `${fundPath}/contributions`, money('R1', 20_000_000));
    await drained();
  });
  const [a1, a2] = await around('filings', async () => {
    const filed = await Promise.all([
      bankA(201, 'POST', '/v1/loans', loan('A1', usccs[0], 100_000_000)),
      bankA(201, 'POST', '/v1/loans', loan('A2', usccs[1], 40_000_000, false)),
    ]);
    await drained();
    return filed.map(({ loanId }) => String(loanId));
  });
  // One after the other, since whom a fund of little room takes in depends on who comes first.
  const [b1, b2] = await around('answers', async () => {
    const first = await bankB(201, 'POST', '/v1/loans', loan('B1', usccs[2], 40_000_000));
    await drained();
    const tooMuch = await bankB(201, 'POST', '/v1/loans', loan('B2', usccs[2], 80_000_000));
    await drained();
    const place = `/v1/loans/${a2}/pledge/assets/copyright/${encodeURIComponent(right('A2'))}`;
    await bankA(200, 'PUT', place, registration);
    await drained();
    return [first, tooMuch].map(({ loanId }) => String(loanId));
  });
  const b3 = await around('reports', async () => {
    const bad = { outstandingFen: 100_000_000, overdueDays: 95, classification: 'substandard' };
    await bankA(200, 'POST', `/v1/loans/${a1}/reports`, { ...report, ...bad });
    await bankB(200, 'POST', `/v1/loans/${b1}/reports`, { ...report, outstandingFen: 40_000_000 });
    const { pledge: _pledge, uscc: _uscc, ...terms } = loan('B3', usccs[2], 40_000_000);
    await drained();
    const { loanId } = await bankB(201, 'POST', `/v1/loans/${b1}/renewals`, terms);
    await drained();
    return String(loanId);
  });
  const dayAfter = (date: string) => `${addDays(date, 1)}T01:00:00.000Z`;
  await fire('loan-watch', 'lending-watch', dayAfter(reportDueOn(monthOf(today)).date));
  const claimId = await around('claim', async () => {
    const trigger = { mode: 'npl-classified', asOf: today };
    const documents = requiredDocuments.map((kind) => ({ kind, digest: '3f'.repeat(32) }));
    const claim = { loanId: a1, lossPrincipalFen: 100_000_000, trigger, documents };
    const filed = await bankA(201, 'POST', '/v1/claims', claim);
    await drained();
    return String(filed.claimId);
  });
  await fire('claim-deadlines', 'fund-deadlines', dayAfter(addMonths(today, 2)));
  await around('payment', async () => {
    await say('city-reviewer', `/v1/claims/${claimId}/decisions`, { decision: 'approve', reason: '核对无误' });
    await say('city-admin', `/v1/claims/${claimId}/payments`);
    await drained();
    await say('city-admin', `${fundPath}/contributions`, money('R2', 45_000_000));
    await drained();
    const recovery = { grossFen: 30_000_001, costsFen: 1_000_000, receivedOn: today, source: 'pledge-sale' };
    await bankA(200, 'POST', `/v1/claims/${claimId}/recoveries`, { ...recovery, reference: 'RC-1' });
    await drained();
  });
  const now = new Date().toISOString();
  await fire('fund-terms', 'fund-terms', now);
  await fire('fund-match', 'fund-match', now);
  for (const [what, name] of [
    ['outbox-sweep', 'outbox'],
    ['audit-seal', 'seal'],
  ]) {
    await Promise.all(['fund', 'lending'].map((service) => fire(`${service}-${what}`, `${service}-${name}`, now)));
  }
  await drained();
  return { loans: { a1, a2, b1, b2, b3 }, claimId };
}

const programme = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000 },
    { id: 'insurer', kind: 'private', shareBps: 1_600 },
  ],
  leverage: 5,
  breaker: 'off',
  recoveryOrder: 'principal-first',
};
const money = (bankReference: string, amountFen: number) => ({
  level: 'city',
  amountFen,
  receivedOn: today,
  bankReference,
});
const registration = { registrationNo: 'Y2026980012345', registeredOn: today };
const report = { asOf: today, overdueDays: 0, classification: 'normal', allLoansNplBps: 120 };
const right = (name: string) => `国作登字-2022-F-1001${name.charCodeAt(0)}${name.charCodeAt(1)}`;

function loan(bankLoanNo: string, uscc: string | undefined, principalFen: number, isRegistered = true) {
  const work = { kind: 'copyright', number: right(bankLoanNo), valueFen: 200_000_000, valuedOn: today };
  return {
    bankLoanNo,
    uscc,
    fundId: 'xinyang',
    principalFen,
    ipPartBps: 10_000,
    annualRateBps: 400,
    disbursedOn: today,
    maturesOn: addMonths(today, 12),
    pledge: { assets: [{ ...work, ...(isRegistered && registration) }] },
  };
}

function keyOf(...parts: unknown[]): string {
  return `key-${Buffer.from(JSON.stringify(parts)).toString('hex').slice(-56)}`;
}
