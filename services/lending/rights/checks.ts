import { type Authority, authorityOf, type Ground } from './ground.ts';
import type { Answer, Examined } from './register-facts.ts';
import { copyrightGrounds, incomeGrounds, layoutGrounds, patentGrounds, trademarkGrounds } from './register-grounds.ts';

export const groundsOf: Record<Authority, readonly Ground[]> = {
  'patent-register': patentGrounds,
  'trademark-register': trademarkGrounds,
  'copyright-register': copyrightGrounds,
  'layout-register': layoutGrounds,
  zhongdeng: incomeGrounds,
};

/** Codes of the grounds that an acknowledgement cures. */
export const curableCodes = [
  ...new Set(
    Object.values(groundsOf)
      .flat()
      .flatMap(({ hardness, code }) => (hardness === 'curable' ? [code] : [])),
  ),
];

/** A word of both parties that they know of a ground and still want the pledge; of the paper, its digest. */
export type Acknowledgement = { ground: string; acknowledgedOn: string; digest: string };

export type Check = {
  number: number;
  code: string;
  answer: Answer;
  /** Of a curable ground that fails: when both parties said that they still want the pledge. */
  acknowledgedOn?: string;
};

/** Every ground of a right's register, answered; an acknowledgement counts from its day on, and for curable grounds only. */
export function checksOf(right: Examined, acknowledgements: readonly Acknowledgement[]): Check[] {
  return groundsOf[authorityOf(right.kind)].map(({ number, code, hardness, of }) => {
    const answer = of(right);
    const given =
      answer === 'fail' && hardness === 'curable'
        ? acknowledgements.find(({ ground, acknowledgedOn }) => ground === code && acknowledgedOn <= right.on)
        : undefined;
    return { number, code, answer, ...(given !== undefined && { acknowledgedOn: given.acknowledgedOn }) };
  });
}
