import type { Caller } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { BundleDiagnosis } from '../contract/bundle-schemas.ts';
import type { routes } from '../contract.ts';
import { type Diagnosis, examine } from '../rights/doctor.ts';
import { rightKey } from '../rights/right-number.ts';
import { heldElsewhere } from '../store/loan.ts';
import { type Deps, reachedLoan } from './context.ts';

/** 体检: reads which of the rights stand in another live bundle, never in whose, and examines the rest as it was said. */
export function checkBundle({ table }: Deps): Operation<typeof routes.checkBundle> {
  return async ({ body, caller, now }) => {
    const { loan, acknowledgements = [], override } = body;
    const own = companyOf(caller);
    if (own !== undefined && (loan.uscc ?? own) !== own) return refused('forbidden', '只能体检本企业的质押组合');
    const uscc = own ?? loan.uscc ?? '';
    const today = todayOf(now);
    const keys = body.assets.map((asset) => rightKey(asset, uscc));
    const ours = loan.loanId === undefined ? undefined : await reachedLoan(table, caller, loan.loanId);
    const held = await heldElsewhere(table, [...new Set(keys)], ours?.state.loanId);
    const assets = body.assets.map((asset, place) => {
      const key = keys[place] ?? '';
      const given = acknowledgements.filter((named) => rightKey(named, uscc) === key);
      return { ...asset, held: held.has(key), acknowledgements: given };
    });
    const diagnosis = examine({ loan: { ...loan, uscc }, assets, override }, today);
    return done({ checkedOn: today, ...told(diagnosis), rights: rightsOf(diagnosis, body.assets) });
  };
}

/** An enterprise asks for itself, and need not name itself. */
function companyOf(caller: Caller): string | undefined {
  return caller.kind === 'person' && caller.role === 'enterprise-user' ? caller.uscc : undefined;
}

function told({ rights: _rights, ...rest }: Diagnosis): Omit<BundleDiagnosis, 'rights' | 'checkedOn'> {
  return rest;
}

function rightsOf({ rights }: Diagnosis, assets: readonly { kind: BundleDiagnosis['rights'][number]['kind'] }[]) {
  return rights.flatMap(({ life: { warnings: _said, ...life }, ...right }, place) => {
    const kind = assets[place]?.kind;
    return kind === undefined ? [] : [{ kind, ...right, life }];
  });
}
