import type { Command } from '../../services/fund/ledger/command.ts';
import {
  approveReturn,
  callContribution,
  chargeFee,
  creditInterest,
  payReturn,
  receiveContribution,
  receiveUnidentified,
} from '../../services/fund/ledger/cash.ts';
import { takeBack } from '../../services/fund/ledger/correct.ts';
import { coverId, releaseExposure, reserveExposure } from '../../services/fund/ledger/exposure.ts';
import type { Ledger } from '../../services/fund/ledger/post.ts';
import { findEntry } from '../../services/fund/ledger/read.ts';
import { resume, setTerms, suspend } from '../../services/fund/ledger/suspension.ts';

/** A message that says what happened. What it rests on may not be booked yet: then it comes again. */
export type Letter = { id: string; build: (ledger: Ledger, fundId: string) => Promise<Command | 'too-early'> };

const valueDate = '2026-11-20';
const loans = 12;
export const quotaFen = 2_000;
export const leverage = 3;

function letter(command: Command): Letter {
  return { id: command.id, build: () => Promise.resolve(command) };
}

/** A year of a small fund, in about the order in which it would happen. Money and cover are both short at times. */
export function storyOf(random: () => number): Letter[] {
  const fen = (most: number) => BigInt(1 + Math.floor(random() * most));
  const bank = () => (random() < 0.5 ? 'bank-a' : 'bank-b');
  const line = (bankReference: string, amountFen: bigint) => ({ bankReference, amountFen, valueDate });
  const letters: Letter[] = [
    letter(setTerms({ programmeVersion: 1, leverage, bankQuotaFen: { 'bank-b': quotaFen } }, valueDate)),
    letter(callContribution({ callId: 'c1', contributor: 'city', amountFen: 500n, valueDate })),
    letter(receiveContribution({ ...line('r1', 600n), contributor: 'city' })),
  ];
  for (let loan = 0; loan < loans; loan += 1) {
    const loanId = `loan-${loan}`;
    const cover = { loanId, bankId: bank(), exposureFen: fen(700), principalFen: fen(700) + 700n, valueDate };
    letters.push(letter(reserveExposure(cover)));
    for (let part = 0; part < Math.floor(random() * 4); part += 1) {
      const release = { reference: `p${part}`, valueDate, ...(part < 2 && { repaidFen: fen(400) }) };
      letters.push({
        id: `release:${loanId}:p${part}`,
        build: async (ledger, fundId) => {
          const reserved = await findEntry(ledger.table, fundId, coverId(loanId));
          return reserved === undefined ? 'too-early' : releaseExposure(reserved, release);
        },
      });
    }
  }
  for (let count = 0; count < 5; count += 1) {
    letters.push(
      letter(chargeFee(line(`f${count}`, fen(250)))),
      letter(creditInterest(line(`i${count}`, fen(60)))),
      letter(receiveContribution({ ...line(`k${count}`, fen(120)), contributor: 'county-411525' })),
    );
  }
  letters.push(
    letter(receiveUnidentified(line('u1', fen(300)))),
    letter(approveReturn({ returnId: 'x1', contributor: 'city', amountFen: 150n, valueDate })),
    letter(payReturn({ ...line('x1', 150n), contributor: 'city' })),
    {
      id: 'correction of i1',
      build: async (ledger, fundId) => {
        const entry = await findEntry(ledger.table, fundId, 'bank:i1');
        return entry === undefined ? 'too-early' : takeBack(entry);
      },
    },
    // Somebody else says another thing of the same line of the statement.
    letter(creditInterest(line('i2', 7_777n))),
    letter(receiveContribution({ ...line('k3', 8_888n), contributor: 'city' })),
    letter(suspend({ actId: 's1', valueDate, reason: 'test', ...(random() < 0.5 && { bankId: 'bank-a' }) })),
  );
  if (random() < 0.7) letters.push(letter(resume({ actId: 's1', valueDate, reason: 'test' })));
  return shuffled(letters, random);
}

/** Neighbours change places, now and then over a long way. */
function shuffled(letters: readonly Letter[], random: () => number): Letter[] {
  const placed = letters.map((one, place) => ({
    one,
    at: place + random() * (random() < 0.1 ? letters.length : 6),
  }));
  return placed.toSorted((left, right) => left.at - right.at).map(({ one }) => one);
}
