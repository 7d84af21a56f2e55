import * as z from 'zod';
import type { AggregateChange } from '#packages/aggregate';
import { todayOf } from '#packages/calendar';
import { type Outcome, refused } from '#packages/outcome';
import type { Table } from '#packages/table';
import { coverTermsOf, type FundProgramme, versionOn } from '#services/fund/contract';
import { bundleOf } from '../bundle.ts';
import { eventTypes } from '../contract/events.ts';
import type { BundledRight, FiledLoan, NewLoan } from '../contract/loan-schemas.ts';
import type { PledgedAsset } from '../contract/right-schemas.ts';
import { problemsOfFiling } from '../filing-problems.ts';
import { type FilingCode, refusalOf } from '../filing-rules.ts';
import { rightKey } from '../rights/right-number.ts';
import { coverMachine, loanMachine } from '../machines.ts';
import { getConsent, getListing } from '../store/listing.ts';
import { heldElsewhere, type Loan, loanIdOf } from '../store/loan.ts';
import { getProgramme, getProgrammeLine } from '../store/programme.ts';

/** What is filed, by whom and when; `digest` is of all that was said. */
export type Filing = { partnerId: string; said: NewLoan; digest: string; now: Date; renews?: Loan };

type Prepared = Pick<AggregateChange<Loan>, 'events'> & { kind: 'prepared'; state: Loan };

/** Judges a filing by what lending knows today, and makes the loan of it. Nothing is written. */
export async function prepareFiling(
  table: Table,
  filing: Filing,
): Promise<Prepared | Extract<Outcome<never, FilingCode | 'validation_failed'>, { kind: 'refused' }>> {
  const { partnerId, said, now, renews } = filing;
  const today = todayOf(now);
  const errors = problemsOfFiling(said, said.uscc, today);
  if (errors.length > 0) return refused('validation_failed', errors[0]?.message, errors);
  const keys = said.pledge.assets.map((asset) => rightKey(asset, said.uscc));
  const [listing, consent, terms, taken] = await Promise.all([
    getListing(table, said.uscc),
    getConsent(table, said.uscc),
    termsOn(table, said.fundId, today),
    heldElsewhere(table, keys, renews?.loanId),
  ]);
  const facts = {
    today,
    partnerId,
    listing,
    consent,
    programme: typeof terms === 'string' ? terms : terms.programme,
    pledged: keys.flatMap((key, place) => (taken.has(key) ? [place] : [])),
  };
  const refusal = refusalOf(said, facts);
  if (refusal !== undefined) return refused(refusal.code, refusal.detail);
  if (typeof terms === 'string' || listing === undefined) throw new Error('judged without what it is judged by');
  return { kind: 'prepared', ...loanOf(filing, listing, terms, today) };
}

type InForce = { version: number; programme: FundProgramme };

async function termsOn(table: Table, fundId: string, today: string): Promise<InForce | 'unknown' | 'none'> {
  const line = await getProgrammeLine(table, fundId);
  if (line === undefined) return 'unknown';
  const version = versionOn(line, today);
  return version === undefined ? 'none' : { version, programme: await getProgramme(table, fundId, version) };
}

function loanOf(
  { partnerId, said, digest, now, renews }: Filing,
  { divisionCode, parkId }: { divisionCode: string; parkId?: string | undefined },
  { version, programme }: InForce,
  today: string,
): Omit<Prepared, 'kind'> {
  const { pledge, fundId, ...terms } = said;
  const rights = pledge.assets.map(newRight);
  const complete = bundleOf(rights) === 'complete';
  const { eligibleFen, shareBps } = coverTermsOf(programme, said);
  const missing = 'registration-missing';
  const state: Loan = {
    ...terms,
    loanId: loanIdOf(partnerId, said.bankLoanNo),
    partnerId,
    divisionCode,
    ...(parkId !== undefined && { parkId }),
    filedOn: today,
    filedAt: now.toISOString(),
    status: loanMachine.initial,
    cover: {
      fundId,
      programmeVersion: version,
      eligibleFen,
      shareBps,
      status: coverMachine.initial,
      ...(!complete && { reason: missing }),
    },
    rights,
    ...(complete && { registeredOn: lastRegistration(rights) }),
    filing: { digest, ...(!complete && { reason: missing }) },
    ...(renews !== undefined && { renews: renews.loanId }),
  };
  return { state, events: [filedEvent(state), ...(complete ? [registeredEvent(state)] : [])] };
}

/** A right as it comes into a bundle. */
export function newRight(asset: PledgedAsset): BundledRight {
  return { ...asset, state: asset.registrationNo === undefined ? 'draft' : 'registered' };
}

/** The day from which on every right of a complete bundle is registered. */
export function lastRegistration(rights: readonly BundledRight[]): string | undefined {
  return rights
    .flatMap(({ state, registeredOn }) => (state === 'registered' ? (registeredOn ?? []) : []))
    .toSorted()
    .at(-1);
}

function filedEvent(loan: Loan) {
  const { loanId, partnerId, uscc, divisionCode, parkId, principalFen, ipPartBps, annualRateBps, renews } = loan;
  const { disbursedOn, maturesOn, filedOn, cover } = loan;
  const type = 'loan.filed.v1';
  const data = z.encode(eventTypes[type].data, {
    loanId,
    partnerId,
    uscc,
    divisionCode,
    ...(parkId !== undefined && { parkId }),
    fundId: cover.fundId,
    programmeVersion: cover.programmeVersion,
    principalFen,
    ipPartBps,
    annualRateBps,
    disbursedOn,
    maturesOn,
    filedOn,
    ...(renews !== undefined && { renews }),
  });
  return { type, data };
}

/** Told once, when a bundle is complete first. */
export function registeredEvent({ loanId, partnerId, registeredOn, filedOn }: Loan) {
  return { type: 'loan.registered.v1', data: { loanId, partnerId, registeredOn: registeredOn ?? filedOn } };
}

/** As it was answered to the filing, whatever the fund has said since. */
export function filedView({ loanId, cover, filing }: Loan): FiledLoan {
  const { fundId, programmeVersion, eligibleFen, shareBps } = cover;
  return {
    loanId,
    cover: {
      fundId,
      programmeVersion,
      eligibleFen,
      shareBps,
      status: coverMachine.initial,
      ...(filing.reason !== undefined && { reason: filing.reason }),
    },
  };
}
