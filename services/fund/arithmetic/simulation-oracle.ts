import type { SimulationAnswer, SimulationRequest } from '../contract.ts';

/*
 * The nine steps a second time, in the order and the words of the page that binds us, for tests only: one long plain
 * function over dictionaries, sharing no line with what it judges. Where the words leave a choice, it is marked.
 */

const down = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;
const up = (a: bigint, b: bigint) => -down(-a, b);
const min = (...all: bigint[]) => all.reduce((x, y) => (y < x ? y : x));
const max = (...all: bigint[]) => all.reduce((x, y) => (y > x ? y : x));

export function oracle({ programme, case: given, events }: SimulationRequest): SimulationAnswer {
  const { parties } = programme;
  const publics = parties.filter((p) => p.kind === 'public');
  const privates = parties.filter((p) => p.kind === 'private');

  // 1
  const ipPart = given.ipPartBps ?? 10_000n;
  const I = down(given.outstandingFen * ipPart, 10_000n);
  if (programme.minIpPartBps !== undefined && ipPart < programme.minIpPartBps) {
    return { eligible: false, reason: 'ip-share-below-min', baseFen: 0n, payments: [], events: [], burdens: [] };
  }
  // 2
  const E = programme.eligiblePerEnterpriseFen === undefined ? I : min(I, programme.eligiblePerEnterpriseFen);
  // 3. (Choice: the loan's principal is recovered before covered interest, which is the programme's alone.)
  const before = min(given.netRecoveredBeforeFen ?? 0n, I);
  const partOf = (N: bigint) => (I === 0n ? 0n : up(min(N, I) * E, I)) + max(N - I, 0n);
  const loss = E - partOf(before);
  // 4
  let covered = 0n;
  if (programme.interestCover !== undefined) {
    covered = down(E * (given.annualRateBps ?? 0n) * BigInt(programme.interestCover.days), 3_600_000n);
    if (given.interestDueFen !== undefined) covered = min(covered, given.interestDueFen);
  }
  const base = loss + covered;
  // 5
  const entitle = (amount: bigint) => {
    const entitled: Record<string, bigint> = {};
    for (const party of parties) {
      let bps = party.shareBps;
      if (party.tiers !== undefined) {
        const by = party.tiers.by === 'outstanding' ? given.outstandingFen : given.revenueFen!;
        bps = party.tiers.above.shareBps;
        for (const step of party.tiers.steps.toReversed()) if (by <= step.upToFen) bps = step.shareBps;
      }
      entitled[party.id] = down(amount * bps, 10_000n);
      if (party.capFen !== undefined) entitled[party.id] = min(entitled[party.id]!, party.capFen);
    }
    const cutTo = (limit: bigint) => {
      for (const party of publics.toReversed()) {
        const others = publics.filter((p) => p !== party).reduce((sum, p) => sum + entitled[p.id]!, 0n);
        entitled[party.id] = max(min(entitled[party.id]!, limit - others), 0n);
      }
    };
    if (programme.allLevelsCeilingBps !== undefined) cutTo(down(amount * programme.allLevelsCeilingBps, 10_000n));
    if (programme.enterpriseCumulativeCapFen !== undefined) {
      cutTo(programme.enterpriseCumulativeCapFen - (given.enterprisePaidBeforeFen ?? 0n));
    }
    if (programme.bankYearCap !== undefined) {
      const ofBalance = down(
        (given.bankPreviousBalanceFen ?? 0n) * programme.bankYearCap.ofPreviousBalanceBps,
        10_000n,
      );
      cutTo(min(programme.bankYearCap.maxFen, ofBalance) - (given.bankYearPaidBeforeFen ?? 0n));
    }
    return entitled;
  };
  const entitled = entitle(base);

  // 6
  let fund = given.fundAvailableFen;
  let county = given.countyAvailableFen;
  const out: Record<string, bigint> = {};
  const countyOut: Record<string, bigint> = {};
  const pending: Record<string, { amount: bigint; ofLoss: bigint }> = {};
  /** What a public party pays of what is due; the rest is pending, at the loss that is then left. */
  const pay = (party: (typeof parties)[number], due: bigint, left: bigint) => {
    let paid = fund === undefined ? due : min(due, fund);
    if (fund !== undefined) fund -= paid;
    pending[party.id] = { amount: due - paid, ofLoss: left };
    let [cityFen, countyFen, cityClaimOnCountyFen] = [0n, 0n, 0n];
    if (party.split !== undefined) {
      countyFen = down(paid * party.split.countyBps, 10_000n);
      cityFen = paid - countyFen;
      const lack = county === undefined ? 0n : max(countyFen - county, 0n);
      countyFen -= lack;
      if (county !== undefined) county -= countyFen;
      if (party.split.countyShortfall === 'city-covers') {
        cityFen += lack;
        cityClaimOnCountyFen = lack;
      } else paid -= lack;
      countyOut[party.id] = (countyOut[party.id] ?? 0n) + countyFen;
    }
    out[party.id] = (out[party.id] ?? 0n) + paid;
    return { paid, split: { cityFen, countyFen, cityClaimOnCountyFen } };
  };
  const payments: SimulationAnswer['payments'] = [];
  for (const party of parties) {
    const entitledFen = entitled[party.id]!;
    if (party.kind === 'private') {
      out[party.id] = entitledFen;
      payments.push({ partyId: party.id, entitledFen, paidFen: entitledFen, pendingFen: 0n });
      continue;
    }
    const now = programme.prePosition ? down(entitledFen * programme.prePosition.advanceBps, 10_000n) : entitledFen;
    const { paid, split } = pay(party, now, base);
    const payment = { partyId: party.id, entitledFen, paidFen: paid, pendingFen: pending[party.id]!.amount };
    payments.push(party.split === undefined ? payment : { ...payment, split });
  }
  const outOfAll = () => parties.reduce((sum, { id }) => sum + out[id]!, 0n);
  const outside = (N: bigint) => (N > I ? 0n : I - N - (E - partOf(N)));
  payments.push({ partyId: 'bank', paidFen: base + outside(before) - outOfAll() });

  // 7 and 8
  let N = before;
  let interest = max((given.interestDueFen ?? 0n) - covered, 0n);
  let penalty = given.penaltyDueFen ?? 0n;
  let settled = programme.prePosition === undefined;
  let L = base;
  let P = 0n;
  let weights = { ...out };
  let countyWeights = { ...countyOut };
  const lossLeft = () => E + covered - partOf(N);
  const again = () => {
    L = lossLeft();
    P = 0n;
    weights = { ...out };
    countyWeights = { ...countyOut };
  };
  /** domain research 9.4, of the cumulative recovery. */
  const shared = (recovered: bigint) => {
    const parts: Record<string, bigint> = {};
    let [unallocated, unserved] = [recovered, L];
    for (const { id, kind } of [...publics, ...privates]) {
      const exact = [unallocated * weights[id]!, unserved || 1n] as const;
      parts[id] = kind === 'public' ? up(...exact) : down(...exact);
      unallocated -= parts[id];
      unserved -= weights[id]!;
    }
    return parts;
  };
  const told: SimulationAnswer['events'] = events.map((event) => {
    if (event.type === 'recovery') {
      const netFen = max(event.grossFen - event.costsFen, 0n);
      let rest = netFen;
      const take = (amount: bigint) => {
        const taken = min(rest, amount);
        rest -= taken;
        return taken;
      };
      let interestFen = programme.recoveryOrder === 'interest-first' ? take(interest) : 0n;
      const principal = take(I + covered - N);
      if (programme.recoveryOrder === 'principal-first') interestFen = take(interest);
      const penaltyFen = take(penalty);
      interest -= interestFen;
      penalty -= penaltyFen;
      const before94 = settled ? shared(P) : {};
      const programmes = partOf(N + principal) - partOf(N);
      N += principal;
      P += programmes;
      const after94 = settled ? shared(P) : {};
      let bank = principal;
      const allocations = parties.map(({ id, split, kind }) => {
        const principalFen = settled ? after94[id]! - before94[id]! : 0n;
        out[id]! -= principalFen;
        bank -= principalFen;
        if (kind === 'public' && fund !== undefined) fund += principalFen;
        const allocation = { partyId: id, principalFen, interestFen: 0n, penaltyFen: 0n };
        if (split === undefined) return allocation;
        const countyPart = (part: bigint) => (weights[id] === 0n ? 0n : up(part * countyWeights[id]!, weights[id]!));
        const countyFen = settled ? countyPart(after94[id]!) - countyPart(before94[id]!) : 0n;
        countyOut[id]! -= countyFen;
        if (county !== undefined) county += countyFen;
        return { ...allocation, split: { cityFen: principalFen - countyFen, countyFen } };
      });
      return {
        type: 'recovery',
        netFen,
        shortfallFen: max(event.costsFen - event.grossFen, 0n),
        allocations: [...allocations, { partyId: 'bank', principalFen: bank, interestFen, penaltyFen }],
        surplusToPledgorFen: rest,
      };
    }
    if (event.type === 'settle') {
      const anew = entitle(lossLeft());
      let [topUpFen, clawBackFen] = [0n, 0n];
      // (Choice: what is clawed back is in the fund before anything is topped up; a top-up needs money at hand.)
      for (const { id, kind } of parties) {
        const back = max(out[id]! - anew[id]!, 0n);
        if (back === 0n) continue;
        clawBackFen += back;
        const countyBack = countyOut[id] === undefined ? 0n : up(back * countyOut[id], out[id]!);
        if (countyOut[id] !== undefined) countyOut[id] -= countyBack;
        out[id]! -= back;
        if (kind === 'public' && fund !== undefined) fund += back;
        if (kind === 'public' && county !== undefined) county += countyBack;
      }
      for (const party of parties) {
        const due = anew[party.id]! - out[party.id]!;
        if (party.kind === 'public') topUpFen += pay(party, due, lossLeft()).paid;
        else {
          out[party.id]! += due;
          topUpFen += due;
        }
      }
      settled = true;
      again();
      return { type: 'settle', topUpFen, clawBackFen };
    }
    const kept = fund;
    fund = event.amountFen;
    let paidFen = 0n;
    for (const party of publics) {
      const { amount, ofLoss } = pending[party.id]!;
      if (amount === 0n) continue;
      let due = down(amount * lossLeft(), ofLoss);
      // (Choice: once recoveries are shared, nothing is paid for a loss that the bank no longer carries.)
      if (settled) due = min(due, lossLeft() - outOfAll());
      paidFen += pay(party, due, lossLeft()).paid;
    }
    if (kept !== undefined) fund = kept + fund;
    else fund = undefined;
    again();
    return { type: 'replenish', paidFen };
  });
  // 9
  const burdens = parties.map(({ id }) => ({ partyId: id, burdenFen: out[id]! }));
  burdens.push({ partyId: 'bank', burdenFen: lossLeft() + outside(N) - outOfAll() });
  return { eligible: true, reason: null, baseFen: base, payments, events: told, burdens };
}
