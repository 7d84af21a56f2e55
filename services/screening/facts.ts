import * as z from 'zod';

/** The legal date of an act or entry: `YYYY-MM-DD` in Asia/Shanghai, and a day that exists. */
const LegalDate = z.iso.date();
const DivisionCode = z.string().regex(/^\d{6}$/);
/** GB/T 4754: the section's letter, then up to four digits (`C39`, `J6620`). */
const IndustryCode = z.string().regex(/^[A-Z]\d{0,4}$/);
const Text = z.string().min(1).max(500);

/*
 * What the sources say. The schemas are strict at every level, because a renamed field would otherwise read as a
 * missing one. `registration`, `taxGrade` and `publicCreditGrade` may be absent: the source knows the enterprise but
 * has no such fact, which is *unknown*. Lists must be there: an empty one is the fact "nothing recorded". `null`, a
 * word nobody agreed on and another type are drift, and the whole answer is then not believed.
 */

export const Grade = z.enum(['A', 'B', 'C', 'D']);
export const TaxGrade = z.enum(['A', 'B', 'M', 'C', 'D']);
export const ListKind = z.enum([
  'dishonest-debtor',
  'serious-tax',
  'market-serious',
  'wage-arrears',
  'ip-serious',
  'procurement',
  'safety',
  'environment',
]);

/** What 信用中国 holds of an enterprise. */
export const CreditFacts = z.strictObject({
  registration: z
    .strictObject({
      // The register's own words for a status are not a list we could close: only `active` means something to us.
      status: z.string().min(1).max(64),
      registeredOn: LegalDate,
      divisionCode: DivisionCode,
      industryCode: IndustryCode,
    })
    .optional(),
  taxGrade: TaxGrade.optional(),
  publicCreditGrade: Grade.optional(),
  lists: z.array(z.strictObject({ kind: ListKind, listedOn: LegalDate, removedOn: LegalDate.optional() })),
  abnormal: z.array(z.strictObject({ listedOn: LegalDate, removedOn: LegalDate.optional() })),
  penalties: z.array(
    z.strictObject({
      documentNo: Text,
      decidedOn: LegalDate,
      gravity: z.enum(['minor', 'general', 'serious']),
      // A fact that is shown, not an amount that is reckoned with: it stays the JSON integer it came as.
      fineFen: z.int().nonnegative(),
      displayUntil: LegalDate.optional(),
      repairedOn: LegalDate.optional(),
    }),
  ),
});
export type CreditFacts = z.output<typeof CreditFacts>;

/** What the 知识产权质押信息平台 holds of an enterprise. */
export const IpFacts = z.strictObject({
  assets: z.array(
    z.strictObject({
      kind: z.enum(['invention', 'utility-model', 'design', 'trademark', 'copyright', 'software', 'ic-layout']),
      number: Text,
      title: Text,
      status: z.enum(['in-force', 'expired', 'invalidated', 'fee-overdue']),
      filedOn: LegalDate,
      grantedOn: LegalDate,
      pledged: z.boolean(),
    }),
  ),
});
export type IpFacts = z.output<typeof IpFacts>;

/** What the counties that nominated the enterprise said of it. */
export const NominationFacts = z.strictObject({
  sizeClass: z.enum(['micro', 'small', 'medium', 'large']),
  industryCode: IndustryCode,
  foundedOn: LegalDate,
  /** The division of every nomination of this master entry. */
  divisionCodes: z.array(DivisionCode).min(1),
});
export type NominationFacts = z.output<typeof NominationFacts>;

/**
 * Why a source's answer could not be had or is not believed. `circuit-open`: it was not even asked. `not-delivered` and
 * `delivery-outdated`: a source that delivers files has not yet said anything of the enterprise, or not lately.
 */
export const UnavailableReason = z.enum([
  'timeout',
  'deadline',
  'unreachable',
  'rate-limited',
  'server-error',
  'access-denied',
  'redirected',
  'unexpected-status',
  'truncated',
  'too-large',
  'wrong-media-type',
  'wrong-encoding',
  'malformed',
  'schema-drift',
  'identity-mismatch',
  'observed-in-future',
  'circuit-open',
  'not-delivered',
  'delivery-outdated',
]);
export type UnavailableReason = z.output<typeof UnavailableReason>;

const Instant = z.iso.datetime();
/** By what a source names one of its records. */
export const RecordId = z.string().min(1).max(128);

/**
 * One source's answer about one enterprise, as it is stored and as the rules take it. `digest` is the SHA-256 (hex) of
 * the answer's raw bytes; `unknown-there` says that the source knows no such enterprise, which is not "nothing
 * negative recorded".
 */
export function sourceAnswer<Data extends z.ZodType>(data: Data) {
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('known'),
      recordId: RecordId,
      observedAt: Instant,
      fetchedAt: Instant,
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      data,
    }),
    z.strictObject({ kind: z.literal('unknown-there'), fetchedAt: Instant, observedAt: Instant.optional() }),
    z.strictObject({ kind: z.literal('unavailable'), reason: UnavailableReason, fetchedAt: Instant }),
    z.strictObject({ kind: z.literal('no-consent') }),
  ]);
}

export type SourceAnswer<Data> =
  | { kind: 'known'; recordId: string; observedAt: string; fetchedAt: string; digest: string; data: Data }
  | { kind: 'unknown-there'; fetchedAt: string; observedAt?: string | undefined }
  | { kind: 'unavailable'; reason: UnavailableReason; fetchedAt: string }
  | { kind: 'no-consent' };

/** All that one decision rests on. The nomination is ours and always known; its record id is the caller's to choose. */
export const ScreeningFacts = z.strictObject({
  nomination: z.strictObject({ recordId: RecordId, observedAt: Instant, data: NominationFacts }),
  credit: sourceAnswer(CreditFacts),
  ip: sourceAnswer(IpFacts),
});
export type ScreeningFacts = {
  nomination: { recordId: string; observedAt: string; data: NominationFacts };
  credit: SourceAnswer<CreditFacts>;
  ip: SourceAnswer<IpFacts>;
};

/** The sources by name: what each is called, which purpose a consent must cover to ask it, and what it may say. */
export const sources = {
  credit: { name: 'credit', title: '信用中国', purpose: 'credit', schema: CreditFacts },
  ip: { name: 'ip', title: '知识产权质押信息平台', purpose: 'ip', schema: IpFacts },
} as const;
