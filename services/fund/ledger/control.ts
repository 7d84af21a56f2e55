import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Digest } from '#packages/words';
import { claimMachine } from '../machines.ts';

/*
 * What an entry without lines does to its book. It stands in the entry, and so under its hash: whoever has the journal
 * can tell at which entry exactly a fund was suspended, or which terms a loan was taken in under.
 */

const Levels = z.strictObject({ warn: z.int().min(0), stop: z.int().min(0) });
const Fen = z.int().nonnegative();

/** What of a programme binds the book. A quota that is not named is none. */
export const Terms = z.strictObject({
  programmeVersion: z.int().positive(),
  /** What the fund answers for is at most this many times what it has. */
  leverage: z.int().min(1).max(100),
  bankQuotaFen: z.record(z.string(), Fen).optional(),
  breaker: z.strictObject({ bankNplBps: Levels, fundNetPaidBps: Levels }).optional(),
  /** May fees be paid out of the fund? Where it is not said, they may. */
  feesAllowed: z.boolean().optional(),
});
export type Terms = z.output<typeof Terms>;

export const Seal = z.strictObject({
  through: LegalDate,
  firstSeq: z.int().positive(),
  lastSeq: z.int().positive(),
  /** Merkle root over the hashes of the entries from `firstSeq` to `lastSeq`. */
  root: Digest,
  rootSm3: Digest.optional(),
  headHash: Digest,
});
export type Seal = z.output<typeof Seal>;

export const Control = z.union([
  z.strictObject({ terms: Terms }),
  /** Without a bank the whole fund. */
  z.strictObject({ suspend: z.strictObject({ bankId: z.string().min(1).optional(), reason: z.string().min(1) }) }),
  z.strictObject({ resume: z.strictObject({ bankId: z.string().min(1).optional(), reason: z.string().min(1) }) }),
  z.strictObject({
    closedThrough: LegalDate,
    /** By account and contributor, in thousand-millionths of a fen: what the sharing left over and the next one takes up. */
    carried: z.record(z.string(), z.int()).optional(),
  }),
  z.strictObject({ seal: Seal }),
  z.strictObject({ stated: z.strictObject({ depository: z.string().min(1), balanceFen: Fen }) }),
  /** A claim begins or ends to wait for money; claims wait in the order of their approval, whenever they begin to. */
  z.strictObject({ waits: z.string().min(1), approvedSeq: z.int().positive() }),
  z.strictObject({ waitsNoMore: z.string().min(1) }),
  /** What a claim is after the entry, where no money of the fund need have moved for it. */
  z.strictObject({ claim: z.enum(claimMachine.states) }),
]);
export type Control = z.output<typeof Control>;
