import type { FieldError } from '#packages/outcome';
import { type Tiers, tierShare } from '../arithmetic/tiers.ts';

/** One problem, its place within what is checked. */
export type Found = Pick<FieldError, 'message'> & { path: (string | number)[] };

type Party = {
  id: string;
  kind: 'public' | 'private';
  shareBps: bigint;
  tiers?: (Tiers & { by: 'outstanding' | 'revenue' }) | undefined;
  split?: object | undefined;
};
type Breaker = Record<string, { warn: bigint; stop: bigint }>;

/** The party that is never listed: it carries the rest. */
export const bankId = 'bank';
const whole = 10_000n;

/** What no programme may say though each of its fields is well-formed. */
export function problemsOfSharing({ parties }: { parties: readonly Party[] }): Found[] {
  return [...problemsOfNames(parties), ...parties.flatMap(problemsOfParty), ...problemsOfShares(parties)];
}

/** What only a fund's own programme may not say. */
export function problemsOfFund(programme: {
  parties: readonly Party[];
  breaker: 'off' | Breaker;
  bankQuotas?: readonly { bankId: string }[] | undefined;
}): Found[] {
  const found: Found[] = problemsOfQuotas(programme.bankQuotas ?? []);
  if (programme.parties.every(({ kind }) => kind === 'private')) {
    found.push({ path: ['parties'], message: '基金的方案至少应有一个 public（财政）参与方' });
  }
  if (programme.breaker === 'off') return found;
  for (const [name, { warn, stop }] of Object.entries(programme.breaker)) {
    if (stop < warn) {
      found.push({ path: ['breaker', name, 'stop'], message: `停办线应不低于预警线 ${warn} 基点，实为 ${stop}` });
    }
  }
  return found;
}

function problemsOfQuotas(quotas: readonly { bankId: string }[]): Found[] {
  const banks = quotas.map(({ bankId: id }) => id);
  return banks.flatMap((id, place) =>
    banks.indexOf(id) === place
      ? []
      : [{ path: ['bankQuotas', place, 'bankId'], message: `每家银行只列一次额度，${id} 已列过` }],
  );
}

function problemsOfNames(parties: readonly Party[]): Found[] {
  const seen = new Set<string>();
  return parties.flatMap(({ id }, place) => {
    const path = ['parties', place, 'id'];
    if (id === bankId) return [{ path, message: 'bank 留给银行，银行不列入参与方，应另取编号' }];
    if (seen.has(id)) return [{ path, message: `参与方编号应各不相同，${id} 已用过` }];
    seen.add(id);
    return [];
  });
}

function problemsOfParty({ kind, tiers, split }: Party, place: number): Found[] {
  const found: Found[] = [];
  if (kind === 'private' && split !== undefined) {
    found.push({ path: ['parties', place, 'split'], message: '市县分担只适用于 public（财政）参与方' });
  }
  let last: bigint | undefined;
  for (const [step, { upToFen }] of (tiers?.steps ?? []).entries()) {
    if (last !== undefined && upToFen <= last) {
      const path = ['parties', place, 'tiers', 'steps', step, 'upToFen'];
      found.push({ path, message: `各档上限应逐档递增，即大于上一档的 ${last} 分，实为 ${upToFen}` });
    }
    last = upToFen;
  }
  return found;
}

/** Both what is written and what any amount would make of it: nobody may be promised more than the whole loss. */
function problemsOfShares(parties: readonly Party[]): Found[] {
  const written = parties.reduce((sum, { shareBps }) => sum + shareBps, 0n);
  const reached = largestByTier(parties);
  const worst = written > reached ? written : reached;
  if (worst <= whole) return [];
  const where = written > whole ? '' : '（按分档中最高的一种情形）';
  return [{ path: ['parties'], message: `各方分担比例合计应不超过 10000 基点${where}，实为 ${worst}` }];
}

/** The most that the shares come to together, for any outstanding amount and, independent of it, any revenue. */
function largestByTier(parties: readonly Party[]): bigint {
  const plain = parties.filter(({ tiers }) => tiers === undefined).reduce((sum, { shareBps }) => sum + shareBps, 0n);
  return (['outstanding', 'revenue'] as const).reduce((sum, by) => {
    const tables = parties.flatMap(({ tiers }) => (tiers?.by === by ? [tiers] : []));
    return sum + largestTogether(tables);
  }, plain);
}

function largestTogether(tables: readonly Tiers[]): bigint {
  const bounds = tables.flatMap(({ steps }) => steps.map(({ upToFen }) => upToFen));
  const beyond = bounds.reduce((most, bound) => (bound > most ? bound : most), 0n) + 1n;
  const sums = [...bounds, beyond].map((amount) => tables.reduce((sum, tiers) => sum + tierShare(tiers, amount), 0n));
  return sums.reduce((most, sum) => (sum > most ? sum : most), 0n);
}
