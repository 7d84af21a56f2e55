import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { tries } from '../../../test/support/effort.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { arbitraryRequest } from '../arithmetic/arbitrary-claims.ts';
import { sum } from '../arithmetic/amounts.ts';
import { burdensOf } from '../arithmetic/claim.ts';
import { simulate } from '../arithmetic/simulate.ts';
import { FundProgramme, NewClaim, type SimulationRequest } from '../contract.ts';
import { availableOf, balanceOf, type Book, cashOf } from '../ledger/book.ts';
import { chargeFee, receiveContribution } from '../ledger/cash.ts';
import type { Answer, Command } from '../ledger/command.ts';
import { exportJournal } from '../ledger/export.ts';
import { coverId, reserveExposure } from '../ledger/exposure.ts';
import { openLedger, post } from '../ledger/post.ts';
import { proveBook } from '../ledger/proof.ts';
import { findEntry, readBook } from '../ledger/read.ts';
import { setTerms } from '../ledger/suspension.ts';
import * as offline from '../ledger/verify-journal.mjs';
import { findClaim } from '../store/claim.ts';
import { publicTotals } from './booking.ts';
import { decideOn } from './decide.ts';
import { draining } from './drain.ts';
import { file, type Filing } from './file.ts';
import { caseFactsOf, termsOf } from './filing-facts.ts';
import { pay } from './pay.ts';
import { recover } from './recover.ts';
import { approve, propose, proposalId } from './settle.ts';
import { claimIdOf, opened, pendingFen, stateOf, type StoredClaim } from './stored-claim.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const day = '2026-11-20';
const bankId = 'bank-a';
let clock = Date.parse('2026-11-23T02:00:00.000Z');
let stories = 0;
const nobody = () => undefined;
const who = (by: string) => ({ by, at: new Date(clock).toISOString(), on: day });

const ledger = () => openLedger(store.table, () => new Date((clock += 1_000)));

async function book(fundId: string, ...commands: Command[]): Promise<Answer[]> {
  const answers = await post(ledger(), fundId, commands);
  for (const answer of answers) if (answer.kind !== 'posted') throw new Error(JSON.stringify(answer));
  return answers;
}

/** The story's programme as a fund's own, or nothing where no fund could have it. */
function programmeOf({ programme }: SimulationRequest): FundProgramme | undefined {
  const wire = z.encode(
    FundProgramme,
    FundProgramme.parse(
      JSON.parse(
        JSON.stringify({ ...programme, leverage: 100, breaker: 'off' }, (_name, value) =>
          typeof value === 'bigint' ? Number(value) : value,
        ),
      ),
    ),
  );
  return FundProgramme.parse(wire);
}

type Told = SimulationRequest['events'];

/** What the same story comes to, simulated: parties' burdens in order, the bank last. */
function simulated(claim: StoredClaim, given: { fundFen: bigint; countyFen: bigint | undefined }, events: Told) {
  const { fundFen, countyFen } = given;
  const facts = {
    ...claim.facts,
    fundAvailableFen: fundFen,
    ...(countyFen !== undefined && { countyAvailableFen: countyFen }),
  };
  return simulate({ programme: claim.terms, case: facts, events });
}

const burdens = (claim: StoredClaim) => {
  const { parties, bankFen } = burdensOf(opened(claim), stateOf(claim));
  return [...parties, bankFen];
};

/** What must hold of a claim in its book, whatever happened. */
function inBook(claim: StoredClaim, now: Book): void {
  const state = stateOf(claim);
  const { paid, back, owed, countyPaid, countyBack, forCounty } = publicTotals(claim, state);
  const off = claim.status === 'written-off';
  expect(balanceOf(now, '2201')).toBe(owed);
  expect(balanceOf(now, '1221')).toBe(off ? 0n : paid - back + owed);
  expect(balanceOf(now, '9009')).toBe(paid - back);
  expect(balanceOf(now, '9011')).toBe(countyPaid - countyBack);
  expect(balanceOf(now, '9013')).toBe(forCounty);
  expect(now.waiting.map(({ claimId }) => claimId)).toEqual(pendingFen(state) > 0n ? [claim.claimId] : []);
}

/** One claim in a fund of its own, from its filing on; after each event it is what the simulation of the same says. */
async function live(request: SimulationRequest): Promise<'told' | 'none'> {
  const programme = programmeOf(request);
  const { case: facts } = request;
  if (programme === undefined || facts.outstandingFen === 0n) return 'none';
  const fundId = `fund-${(stories += 1)}`;
  const loanId = `loan-${stories}`;
  const plenty = 2n ** 52n;
  const countyFen = facts.countyAvailableFen ?? 0n;
  const line = (bankReference: string, amountFen: bigint) => ({ bankReference, amountFen, valueDate: day });
  const fundFen = facts.fundAvailableFen ?? plenty + countyFen;
  await book(
    fundId,
    setTerms({ programmeVersion: 1, leverage: 100 }, day, { by: 'ann', approvedBy: 'bob' }),
    ...(countyFen > 0n ? [receiveContribution({ ...line('K', countyFen), contributor: 'county-411502' })] : []),
    receiveContribution({ ...line('C', plenty), contributor: 'city' }),
    reserveExposure({ loanId, bankId, exposureFen: 1n, principalFen: facts.outstandingFen, valueDate: day }),
    ...(fundFen < plenty + countyFen ? [chargeFee(line('F', plenty + countyFen - fundFen))] : []),
  );
  const { netRecoveredBeforeFen, interestDueFen, penaltyDueFen, revenueFen } = facts;
  const body: NewClaim = {
    loanId,
    lossPrincipalFen: facts.outstandingFen,
    ...(netRecoveredBeforeFen !== undefined && { netRecoveredFen: netRecoveredBeforeFen }),
    ...(interestDueFen !== undefined && { interestDueFen }),
    ...(penaltyDueFen !== undefined && { penaltyDueFen }),
    ...(revenueFen !== undefined && { revenueFen }),
    trigger: { mode: 'npl-classified', asOf: day },
    documents: [],
    prePosition: true,
  };
  const ofLoan = { ipPartBps: facts.ipPartBps ?? 10_000n, annualRateBps: facts.annualRateBps ?? 0n };
  const filing: Filing = {
    body,
    ordinal: 1,
    loan: { loanId, fundId, bankId, uscc: 'u', divisionCode: '411502', programmeVersion: 1 },
    facts: { outstandingFen: facts.outstandingFen, classification: 'loss' },
    terms: termsOf(programme, body),
    caseFacts: caseFactsOf(body, ofLoan, facts.bankPreviousBalanceFen),
    ...who('bank'),
  };
  const reserved = await findEntry(store.table, fundId, coverId(loanId));
  if (reserved === undefined) throw new Error('not covered');
  const claimId = claimIdOf(loanId, 1);
  const [filed] = await post(ledger(), fundId, [file(filing, reserved, z.encode(NewClaim, body), nobody)]);
  if (filed?.kind === 'refused') {
    expect(filed.code).toBe('ip_share_below_min');
    expect(simulate({ ...request, case: { ...facts, ...ofLoan } }).eligible).toBe(false);
    return 'none';
  }
  const current = async () => {
    const claim = await findClaim(store.table, claimId);
    if (claim === undefined) throw new Error('no claim');
    return claim;
  };
  await book(fundId, decideOn(await current(), { decision: 'approve', reason: 'r', by: 'a', on: day }));
  await book(fundId, pay(claimId, who('b'), nobody));

  let claim = await current();
  const hasSplit = claim.terms.parties.some(({ split }) => split !== undefined);
  const given = { fundFen, countyFen: hasSplit ? countyFen : undefined };
  const told: Told = [];
  const first = simulated(claim, given, told);
  expect(claim.firstPayment).toEqual(
    first.payments
      .slice(0, -1)
      .map(({ partyId, paidFen, pendingFen: rest = 0n }) => ({ partyId, paidFen, pendingFen: rest })),
  );
  expect(claim.entitlement.slice(0, -1).map(({ dueFen }) => dueFen)).toEqual(
    first.payments.slice(0, -1).map(({ entitledFen }) => entitledFen),
  );
  let moneyIn = cashOf(await readBook(store.table, fundId)) + publicTotals(claim, claim.state).paid;
  /** What the county did not bring and nobody pays is in the fund all the same: what a simulation would not know. */
  const lacked = claim.approvedFen !== publicTotals(claim, claim.state).paid + publicTotals(claim, claim.state).owed;
  let number = 0;
  for (const event of request.events) {
    number += 1;
    const before = await readBook(store.table, fundId);
    const waited = before.waiting.length > 0;
    if (event.type === 'recovery') {
      if (claim.status === 'closed') break;
      const { grossFen, costsFen } = event;
      let answer: unknown;
      const command = recover(
        claimId,
        { grossFen, costsFen, receivedOn: day, source: 's', reference: `r${number}` },
        who('bank'),
        (said) => {
          answer = said;
        },
      );
      await book(fundId, command);
      told.push(event);
      const { type: _type, ...expected } = simulated(claim, given, told).events.at(-1)!;
      expect(answer).toEqual(expected);
      const next = await current();
      const drained = next.payments > claim.payments;
      const refund = publicTotals(next, next.state).back - publicTotals(claim, claim.state).back;
      if (drained) told.push({ type: 'replenish', amountFen: availableOf(before) + refund });
      claim = next;
    } else if (event.type === 'settle') {
      if (claim.status !== 'advanced' || lacked) continue;
      const id = proposalId(claim, 'settlement');
      await book(fundId, propose(claimId, { kind: 'settlement', id }, who('a'), nobody));
      let said: unknown;
      await book(
        fundId,
        approve(claim, id, 'settlement', who('b'), ({ topUpFen, clawBackFen }) => {
          said = { topUpFen, clawBackFen };
        }),
      );
      told.push(event);
      const { type: _type, ...expected } = simulated(claim, given, told).events.at(-1)!;
      expect(said).toEqual(expected);
      claim = await current();
    } else {
      const { amountFen } = event;
      if (amountFen === 0n) continue;
      const money = receiveContribution({ ...line(`m${number}`, amountFen), contributor: 'city' });
      await book(fundId, draining(money, { fen: amountFen }, day));
      moneyIn += amountFen;
      // Where nothing waits the simulation weighs anew all the same; of an advance its settlement does so anyway.
      if (waited) told.push({ type: 'replenish', amountFen: availableOf(before) + amountFen });
      else if (claim.status === 'advanced') told.push(event);
      claim = await current();
    }
    expect(burdens(claim)).toEqual(simulated(claim, given, told).burdens.map(({ burdenFen }) => burdenFen));
    const now = await readBook(store.table, fundId);
    inBook(claim, now);
    const { paid, back } = publicTotals(claim, claim.state);
    expect(cashOf(now)).toBe(moneyIn - paid + back);
    expect(sum(burdens(claim))).toBe(
      simulated(claim, given, told).burdens.reduce((all, { burdenFen }) => all + burdenFen, 0n),
    );
  }
  let text = '';
  for await (const one of exportJournal(store.table, fundId)) text += one;
  expect(offline.verifyJournal(text).problems).toEqual([]);
  expect((await proveBook(store.table, fundId)).findings).toEqual([]);
  return 'told';
}

test('a claim is to the fen what the simulation of the same story says, and the book holds every fen of it', async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryRequest, async (request) => {
      if (request.programme.parties.every(({ kind }) => kind === 'private')) return;
      if ((await live(request)) === 'told') told += 1;
    }),
    { numRuns: tries(15, 1_000), endOnFailure: true },
  );
  expect(told).toBeGreaterThan(tries(3, 300));
}, 3_600_000);
