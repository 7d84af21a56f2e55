import type { BundledRight, ListedLoan, Loan as LoanView } from './contract/loan-schemas.ts';
import { bundleOf, stands } from './bundle.ts';
import type { Loan } from './store/loan.ts';
import type { Servicing } from './store/servicing.ts';

export function listedView(loan: Loan): ListedLoan {
  const { rights, filedAt: _at, filing: _said, ended: _ended, registeredOn: _registered, ...fields } = loan;
  return { ...fields, bundle: bundleOf(rights) };
}

export function loanView(loan: Loan, { watches, evidence }: Servicing, history: LoanView['history']): LoanView {
  const { rights, registeredOn } = loan;
  return {
    ...listedView(loan),
    bundle: {
      state: bundleOf(rights),
      valueFen: valueOf(rights),
      ...(registeredOn !== undefined && { registeredOn }),
      assets: rights,
    },
    watches,
    evidence,
    history,
  };
}

/** What the rights that still stand are said to be worth. */
export function valueOf(rights: readonly BundledRight[]): bigint {
  return rights.filter(stands).reduce((sum, { valueFen }) => sum + valueFen, 0n);
}
