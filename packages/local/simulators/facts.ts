import * as z from 'zod';

const day = z.iso.date();
const word = z.string().min(1).max(64);
const entry = { listedOn: day, removedOn: day.exactOptional() };

/**
 * What the simulator of 信用中国 holds of an enterprise. A field that is left out is something the source has no
 * answer to; an empty list is an answer: no record found.
 */
export const CreditFacts = z.strictObject({
  registration: z
    .strictObject({
      status: word,
      registeredOn: day.exactOptional(),
      divisionCode: z
        .string()
        .regex(/^[0-9]{6}$/)
        .exactOptional(),
      industryCode: word.exactOptional(),
    })
    .exactOptional(),
  taxGrade: word.exactOptional(),
  publicCreditGrade: word.exactOptional(),
  lists: z
    .array(
      z.strictObject({
        kind: z.enum([
          'dishonest-debtor',
          'serious-tax',
          'market-serious',
          'wage-arrears',
          'ip-serious',
          'procurement',
          'safety',
          'environment',
        ]),
        ...entry,
      }),
    )
    .exactOptional(),
  abnormal: z.array(z.strictObject(entry)).exactOptional(),
  penalties: z
    .array(
      z.strictObject({
        documentNo: word,
        decidedOn: day,
        gravity: z.enum(['minor', 'general', 'serious']),
        fineFen: z.int().nonnegative(),
        displayUntil: day.exactOptional(),
        repairedOn: day.exactOptional(),
      }),
    )
    .exactOptional(),
});
export type CreditFacts = z.output<typeof CreditFacts>;

/** What the simulator of the 知识产权质押信息平台 holds of an enterprise. */
export const IpFacts = z.strictObject({
  assets: z
    .array(
      z.strictObject({
        kind: z.enum([
          'invention',
          'utility-model',
          'design',
          'trademark',
          'copyright',
          'software',
          'ic-layout',
          'licence-income',
        ]),
        number: word,
        title: z.string().min(1).max(200).exactOptional(),
        status: z.enum(['in-force', 'expired', 'invalidated', 'fee-overdue']),
        filedOn: day.exactOptional(),
        grantedOn: day.exactOptional(),
        pledged: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
});
export type IpFacts = z.output<typeof IpFacts>;
export type Asset = NonNullable<IpFacts['assets']>[number];

export const Uscc = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/);

/** One line of a file of facts: what each source knows of that enterprise, a source that does not know it left out. */
export const FactsLine = z.strictObject({
  uscc: Uscc,
  credit: CreditFacts.exactOptional(),
  ip: IpFacts.exactOptional(),
});
export type FactsLine = z.output<typeof FactsLine>;

export const factsOf = { credit: CreditFacts, ip: IpFacts };
export type SourceName = keyof typeof factsOf;
