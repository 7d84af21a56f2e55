#!/usr/bin/env node
/*
 * Checks an exported journal of a fund: node verify-journal.mjs journal.jsonl [--root 2026-12-31=<hex>] [--head <hex>]
 *
 * One file, no dependency, Node 20 or newer: for auditors, contributors and banks, on a machine of their own. It is
 * written apart from the ledger, and shares no code with it, so that a mistake in one does not hide in the other. The
 * roots and the head must come from elsewhere (the annual report, last month's statement): what the journal says of
 * itself proves only that it agrees with itself.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const zeros = '0'.repeat(64);
const hex64 = /^[0-9a-f]{64}$/;

/** RFC 8785 of what a journal consists of: objects, lists, texts, whole numbers, `true`. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`${value} is not a whole number`);
  if (value === null || value === undefined) throw new Error('nothing where something should be');
  return JSON.stringify(value);
}

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 6962, 2.1. */
export function merkleRoot(hashes) {
  const node = (from, to) => {
    if (to - from === 1) return sha256(Buffer.from([0]), Buffer.from(hashes[from], 'hex'));
    let size = 1;
    while (size * 2 < to - from) size *= 2;
    return sha256(Buffer.from([1]), node(from, from + size), node(from + size, to));
  };
  return (hashes.length === 0 ? sha256() : node(0, hashes.length)).toString('hex');
}

/** Which side a balance stands on, and whether it is kept for each party. */
const debitSide = new Set([
  '1002',
  '1009',
  '1131',
  '1221',
  '3102',
  '5101',
  '5102',
  '9001',
  '9003',
  '9005',
  '9007',
  '9009',
  '9011',
  '9013',
]);
const creditSide = new Set([
  '1003',
  '2201',
  '2202',
  '2203',
  '2204',
  '3101',
  '3103',
  '4101',
  '4201',
  '9002',
  '9004',
  '9006',
  '9008',
  '9010',
  '9012',
  '9014',
]);
/** Between two funds it stands on the one side here, and on the other side there. */
const eitherSide = '1009';
const withoutParty = new Set(['2204', '4101', '4201', '5101', '5102']);

/** What brings money in, and what takes it out. */
const cashIn = new Set([
  'contribution-received',
  'transferred-in',
  'interest-credited',
  'receipt-unidentified',
  'recovery-received',
  'recovery-after-write-off',
  'claim-settled',
]);
const cashOut = new Set([
  'contribution-returned',
  'transferred-out',
  'fee-charged',
  'compensation-paid',
  'recovery-shared',
  'receipt-identified',
  'recovery-reversed',
  'claim-settled',
]);
const acts = new Set([
  'terms-set',
  'suspended',
  'resumed',
  'balance-stated',
  'period-sealed',
  'claim-proposed',
  'claim-closed',
]);
/** What two people are needed for: one proposes or decides, another approves or pays. */
const twoPeople = new Set([
  'terms-set',
  'contribution-return-approved',
  'wound-up',
  'compensation-paid',
  'claim-settled',
  'written-off',
]);
/** Which accounts a kind may debit, and which it may credit. */
const sides = {
  'contribution-called': ['1131', '3101'],
  'contribution-received': ['1002', '1131 3101'],
  'contribution-return-approved': ['3101', '2203'],
  'contribution-returned': ['2203', '1002'],
  'interest-credited': ['1002', '4101'],
  'fee-charged': ['5102', '1002'],
  'transferred-out': ['1009', '1002'],
  'transferred-in': ['1002', '1009'],
  'receipt-unidentified': ['1002', '2204'],
  'receipt-identified': ['2204', '1131 3101 1221 2202 2203 4101 4201 1002'],
  'exposure-reserved': ['9001 9003', '9002 9004'],
  'exposure-released': ['9002 9004', '9001 9003'],
  'claim-filed': ['9002 9005', '9001 9006'],
  'claim-turned-down': ['9001 9006 9003 2201', '9002 9005 9004 1221'],
  'claim-approved': ['1221 9006 9004', '2201 9005 9003'],
  'compensation-instructed': ['2201', '1003'],
  'compensation-failed': ['1003', '2201'],
  'compensation-paid': ['2201 1003 9009 9011 9013', '1002 1221 9010 9012 9014'],
  'claim-settled': ['1221 2201 1002 9009 9010 9011 9012 9013', '2201 1221 1002 9009 9010 9011 9012 9014'],
  'recovery-received': ['1002 2201 9010 9012', '1221 2202 2204 9009 9011'],
  'recovery-shared': ['2202', '1002'],
  'written-off': ['5101 9007', '1221 9008'],
  'recovery-after-write-off': ['1002 9008 9010 9012', '4201 9007 9009 9011'],
  'recovery-reversed': ['1221 4201 9007 9009 9011', '1002 9008 9010 9012'],
  'period-closed': ['4101 4201 3102', '3103 5101 5102'],
  'wound-up': ['3101 3103', '3102 2203'],
};

const shanghaiDay = (instant) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10);
const keyOf = ({ account, partyId }) => (partyId === undefined ? account : `${account}/${partyId}`);
const fenOf = (line) => (line.debitFen === undefined ? -BigInt(line.creditFen) : BigInt(line.debitFen));

/**
 * Everything that is wrong with a journal; an empty list where nothing is.
 * @param text the export, JSON lines
 * @param outside `roots`: sealed day → root, `head`: the last entry's hash, as known from elsewhere
 */
export function verifyJournal(text, outside = {}) {
  const problems = [];
  const entries = [];
  let summary;
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push('the last line is not whole');
  for (const [place, line] of lines.entries()) {
    const name = `line ${place + 1}`;
    let value;
    try {
      value = JSON.parse(line);
      if (canonical(value) !== line) problems.push(`${name} is not in canonical form`);
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
      continue;
    }
    if (summary !== undefined) problems.push(`${name} stands behind the summary`);
    else if (value.summary === undefined) entries.push(value);
    else {
      ({ summary } = value);
      if (Object.keys(value).length > 1) problems.push(`${name} says more than the summary`);
    }
  }
  // Without a word on its end from anywhere, entries could be missing there.
  if (summary === undefined) problems.push('there is no summary');
  const state = newState();
  for (const [place, entry] of entries.entries()) {
    const say = (what) => problems.push(`entry ${place + 1}: ${what}`);
    try {
      checkForm(entry, say);
      checkChain(entry, place, entries[place - 1], state, say);
      book(entry, state, say);
      checkLimits(entry, state, say);
      checkCorrection(entry, entries, say);
      control(entry, entries, state, say);
    } catch (error) {
      say(error.message);
    }
  }
  if (summary !== undefined) checkSummary(summary, entries, problems);
  for (const [through, root] of Object.entries(outside.roots ?? {})) {
    const sealed = state.seals.get(through);
    if (sealed !== root) problems.push(`the root of ${through} is not the one known outside`);
  }
  const headHash = entries.at(-1)?.hash ?? zeros;
  if (outside.head !== undefined && !entries.some(({ hash }) => hash === outside.head)) {
    problems.push('the entry known outside is not in the journal');
  }
  return { problems, entries: entries.length, headHash, seals: Object.fromEntries(state.seals) };
}

/**
 * Whether what funds gave each other is the same in both books, of those whose journals are at hand; exported together.
 * @param texts exports of different funds
 */
export function verifyTransfers(texts) {
  const problems = [];
  const funds = new Map();
  for (const text of texts) {
    const entries = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    const fundId = entries.at(-1)?.summary?.fundId;
    if (funds.has(fundId)) problems.push(`${fundId} is there twice`);
    funds.set(fundId, transfersOf(entries));
  }
  for (const [fundId, transfers] of funds) {
    for (const [id, { other, fen, valueDate }] of transfers) {
      const there = funds.get(other);
      if (there === undefined) continue;
      const pair = there.get(id);
      if (pair?.other !== fundId || pair.fen !== -fen || pair.valueDate !== valueDate) {
        problems.push(`${id} between ${fundId} and ${other} is not the same in both books`);
      }
    }
  }
  return problems;
}

/** By name, what an entry moved on the clearing account, and with which fund. */
function transfersOf(entries) {
  const lines = entries.flatMap((entry) => (entry.lines ?? []).map((line) => ({ entry, line })));
  return new Map(
    lines
      .filter(({ line }) => line.account === eitherSide)
      .map(({ entry: { id, valueDate }, line }) => [id, { other: line.partyId, fen: fenOf(line), valueDate }]),
  );
}

function newState() {
  return {
    balances: new Map(),
    loans: new Map(),
    ids: new Set(),
    claims: new Map(),
    waiting: new Map(),
    moneyIn: 0n,
    moneyOut: 0n,
    terms: undefined,
    suspended: false,
    banks: new Set(),
    closedThrough: '',
    seals: new Map(),
    sealedSeq: 0,
    available: 0n,
  };
}

const fields = new Set([
  'fundId',
  'seq',
  'id',
  'at',
  'valueDate',
  'cause',
  'lines',
  'late',
  'by',
  'approvedBy',
  'corrects',
  'control',
  'prevHash',
  'hash',
]);

/** What is wrong with an entry by itself: its shape, its balance, its days, its people. */
function checkForm(entry, say) {
  for (const name of Object.keys(entry)) if (!fields.has(name)) say(`has a field ${name}`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(entry.at)) say('has no moment');
  if (!/^\d{4}-\d\d-\d\d$/.test(entry.valueDate)) say('has no day');
  else if (entry.valueDate > shanghaiDay(entry.at)) say('is dated ahead of its booking');
  if (entry.approvedBy !== undefined && entry.approvedBy === entry.by) say('was approved by its maker');
  const { type } = entry.cause;
  if (twoPeople.has(type) && (entry.by === undefined || entry.approvedBy === undefined)) {
    say('needs two people, and does not name them');
  }
  const moves = sides[type]?.map((codes) => codes.split(' '));
  if (moves === undefined && !acts.has(type) && type !== 'correction') say(`is of no known kind: ${type}`);
  if (acts.has(type) && entry.lines.length > 0) say('moves something, and is only an act');
  if (!acts.has(type) && entry.lines.length === 0 && entry.control === undefined) say('moves nothing');
  const sums = new Map();
  const seen = new Set();
  for (const line of entry.lines) {
    const fen = line.debitFen ?? line.creditFen;
    if ((line.debitFen === undefined) === (line.creditFen === undefined)) say('has a line of no side, or of both');
    if (!Number.isSafeInteger(fen) || fen <= 0) say(`has a line of ${fen} fen`);
    if (!debitSide.has(line.account) && !creditSide.has(line.account)) say(`has a line on no account: ${line.account}`);
    const own = moves?.[line.debitFen === undefined ? 1 : 0];
    if (own !== undefined && !own.includes(line.account))
      say(`has a line on ${line.account}, which ${type} does not move`);
    if (withoutParty.has(line.account) !== (line.partyId === undefined))
      say(`${keyOf(line)} lacks its party, or has one`);
    const side = `${line.debitFen === undefined ? 'C' : 'D'}${keyOf(line)}`;
    if (seen.has(side)) say(`has two lines of ${keyOf(line)}`);
    seen.add(side);
    // A memo account and its mirror (odd and even number), for each party; money all together.
    const memo = line.account.startsWith('9');
    const group = memo ? `${Math.ceil(Number(line.account) / 2)}/${line.partyId}` : 'money';
    sums.set(group, (sums.get(group) ?? 0n) + fenOf(line));
  }
  for (const [group, sum] of sums) if (sum !== 0n) say(`does not balance: ${group}`);
}

function checkChain(entry, place, before, state, say) {
  const { hash, ...rest } = entry;
  if (entry.seq !== place + 1) say(`is numbered ${entry.seq}`);
  if (entry.prevHash !== (before?.hash ?? zeros)) say('does not follow the entry before');
  if (!hex64.test(hash) || sha256(canonical(rest)).toString('hex') !== hash) say('has another hash than it says');
  if (before !== undefined && entry.at < before.at) say('is earlier than the entry before');
  if (before !== undefined && entry.fundId !== before.fundId) say('is of another fund');
  if (state.ids.has(entry.id)) say(`books ${entry.id} a second time`);
  state.ids.add(entry.id);
  if ((entry.late === true) !== entry.valueDate <= state.closedThrough) say('is late, or is not');
}

function book(entry, state, say) {
  const { type, id } = entry.cause;
  let cash = 0n;
  for (const line of entry.lines) {
    const fen = fenOf(line);
    const key = keyOf(line);
    state.balances.set(key, (state.balances.get(key) ?? 0n) + fen);
    if (line.account === '1002') cash += fen;
    if (line.account === '9001' && type.startsWith('exposure-')) {
      state.loans.set(id, (state.loans.get(id) ?? 0n) + fen);
      if (state.loans.get(id) < 0n) say(`gives back more cover of ${id} than was taken`);
    }
  }
  if (cash > 0n) {
    if (!cashIn.has(type) && type !== 'correction') say('brings money in, and is of no kind that does');
    state.moneyIn += cash;
  }
  if (cash < 0n) {
    if (!cashOut.has(type) && type !== 'correction') say('takes money out, and is of no kind that does');
    state.moneyOut -= cash;
  }
  if (type === 'exposure-reserved' && state.loans.get(id) !== reservedIn(entry)) say(`covers ${id} a second time`);
}

function reservedIn(entry) {
  return entry.lines.filter(({ account }) => account === '9001').reduce((sum, line) => sum + fenOf(line), 0n);
}

/** On the accounts' own sides, of one party or of all. */
function total(state, code, partyId) {
  let sum = 0n;
  if (partyId !== undefined) sum = state.balances.get(`${code}/${partyId}`) ?? 0n;
  else for (const [key, fen] of state.balances) if (key.startsWith(code)) sum += fen;
  return creditSide.has(code) ? -sum : sum;
}

const availableOf = (state) =>
  total(state, '1002') - total(state, '1003') - total(state, '2202') - total(state, '2203') - total(state, '2204');

/** No sub-account below zero, nothing paid that is not there, no cover beyond what the terms allow or while suspended. */
function checkLimits(entry, state, say) {
  for (const line of entry.lines) {
    if (line.account !== eitherSide && total(state, line.account, line.partyId) < 0n)
      say(`takes ${keyOf(line)} below zero`);
    const deposit = line.account === '1002' || line.account === '1003';
    if (deposit && total(state, '1002', line.partyId) < total(state, '1003', line.partyId)) {
      say(`pays more than ${line.partyId} has`);
    }
  }
  const available = availableOf(state);
  if (available < 0n && available < state.available) say('pays out what is not available');
  state.available = available;
  const cash = total(state, '1002');
  if (cash !== state.moneyIn - state.moneyOut) say('holds other money than came in and did not go out');
  let money = 0n;
  for (const [key, fen] of state.balances) if (!key.startsWith('9')) money += fen;
  if (money !== 0n) say('leaves the book out of balance');
  if (entry.cause.type === 'fee-charged' && state.terms?.feesAllowed === false)
    say('charges a fee that the terms do not allow');
  const { type } = entry.cause;
  const givesAway = type === 'contribution-return-approved' || type === 'transferred-out';
  if (!givesAway && type !== 'exposure-reserved') return;
  const net = available - total(state, '2201');
  const capacity = net > 0n ? net * BigInt(state.terms?.leverage ?? 0) : 0n;
  const exceeded = total(state, '9001') + total(state, '9005') > capacity;
  if (givesAway && exceeded) say('gives away what its cover needs');
  if (givesAway && net < 0n && total(state, '2201') > 0n) say('gives away what it owes on claims');
  if (givesAway) return;
  const bank = entry.lines.find(({ account }) => account === '9003' || account === '9001')?.partyId;
  if (state.suspended || state.banks.has(bank)) say('covers a loan while suspended');
  if (exceeded) say('covers a loan beyond the capacity');
  const quota = state.terms?.bankQuotaFen?.[bank];
  if (quota !== undefined && total(state, '9001', bank) + total(state, '9005', bank) > BigInt(quota)) {
    say('covers a loan beyond its bank’s quota');
  }
}

/** A correction takes back the whole of one earlier entry, once; what is booked in its place names the correction. */
function checkCorrection(entry, entries, say) {
  const { corrects } = entry;
  const isCorrection = entry.cause.type === 'correction';
  if (corrects === undefined) {
    if (isCorrection) say('corrects nothing');
    return;
  }
  const original = corrects.seq < entry.seq ? entries[corrects.seq - 1] : undefined;
  if (original?.hash !== corrects.hash) return say('names an entry that is not there');
  if (!isCorrection) {
    if (original.cause.type !== 'correction') say('stands in place of an entry that was not taken back');
    return;
  }
  const other = original.lines.map(({ debitFen, creditFen, ...where }) =>
    canonical(debitFen === undefined ? { ...where, debitFen: creditFen } : { ...where, creditFen: debitFen }),
  );
  if (other.sort().join() !== entry.lines.map(canonical).sort().join())
    say('takes back something else than was booked');
  if (original.valueDate !== entry.valueDate) say('is of another day than what it takes back');
}

function control(entry, entries, state, say) {
  const { type } = entry.cause;
  const { carried, ...act } = entry.control ?? {};
  const wanted = {
    'terms-set': 'terms',
    suspended: 'suspend',
    resumed: 'resume',
    'period-closed': 'closedThrough',
    'period-sealed': 'seal',
    'balance-stated': 'stated',
  }[type];
  const name = Object.keys(act).sort().join();
  const queued = ['approvedSeq,waits', 'waitsNoMore'];
  const allowed = wanted !== undefined ? [wanted] : claimKinds.has(type) ? ['claim', ...queued] : [''];
  if (!allowed.includes(name)) say('does another thing to the book than its kind');
  checkCarried(carried, type, say);
  if (claimKinds.has(type)) claimStep(entry, act, state, say);
  if (act.terms !== undefined) state.terms = act.terms;
  if (act.suspend !== undefined && act.suspend.bankId === undefined) state.suspended = true;
  if (act.suspend?.bankId !== undefined) state.banks.add(act.suspend.bankId);
  if (act.resume !== undefined && act.resume.bankId === undefined) state.suspended = false;
  if (act.resume?.bankId !== undefined) state.banks.delete(act.resume.bankId);
  if (act.closedThrough !== undefined) {
    if (act.closedThrough <= state.closedThrough) say('closes a period that is closed');
    state.closedThrough = act.closedThrough;
  }
  if (act.seal === undefined) return;
  const { through, firstSeq, lastSeq, root, headHash } = act.seal;
  if (through !== state.closedThrough) say('seals a period that is not the last closed');
  if (firstSeq !== state.sealedSeq + 1 || lastSeq >= entry.seq) say('seals other entries than the next');
  const hashes = entries.slice(firstSeq - 1, lastSeq).map(({ hash }) => hash);
  if (merkleRoot(hashes) !== root || hashes.at(-1) !== headHash) say('has another root than its entries');
  state.sealedSeq = lastSeq;
  state.seals.set(through, root);
}

/** What a closing leaves over below a fen is one's gain and another's loss: together it is nothing. */
function checkCarried(carried, type, say) {
  if (carried === undefined) return;
  if (type !== 'period-closed') say('carries something on, and closes nothing');
  const sums = { 3102: 0n, 3103: 0n };
  for (const [key, parts] of Object.entries(carried)) {
    const account = key.slice(0, key.indexOf('/'));
    if (sums[account] === undefined || parts === 0) say(`carries on what ${key} has not`);
    else sums[account] += BigInt(parts);
  }
  if (sums[3102] !== 0n || sums[3103] !== 0n) say('carries on more than it left over, or less');
}

/** What must have happened to a claim before, and what it then is, where that does not depend on amounts. */
const claimKinds = new Map([
  ['claim-filed', [[undefined], 'filed']],
  ['claim-turned-down', [['filed', 'approved'], 'over']],
  ['claim-approved', [['filed'], 'approved']],
  ['compensation-paid', [['approved', 'paid', 'settled'], undefined]],
  ['claim-settled', [['paid'], 'settled']],
  ['recovery-received', [['paid', 'settled'], undefined]],
  ['written-off', [['paid', 'settled'], 'written-off']],
  ['recovery-after-write-off', [['written-off'], undefined]],
  ['recovery-reversed', [['paid', 'settled', 'written-off'], undefined]],
  ['claim-proposed', [['paid', 'settled'], undefined]],
  ['claim-closed', [['paid', 'settled'], 'over']],
]);

/** A claim’s own order of events; and that it waits for money, in the order of approval, exactly while it says so. */
function claimStep({ cause, seq }, act, state, say) {
  const { type, id } = cause;
  const [from, to] = claimKinds.get(type);
  const now = state.claims.get(id);
  if (!from.includes(now?.status)) say(`${type}: ${id} is ${now?.status ?? 'not filed'}`);
  const status = to ?? (now?.status === 'approved' ? 'paid' : now?.status);
  state.claims.set(id, { status, approvedSeq: type === 'claim-approved' ? seq : now?.approvedSeq });
  if (act.waits !== undefined) {
    if (act.waits !== id || act.approvedSeq !== now?.approvedSeq) say(`lets another wait than ${id}, or since when`);
    if (state.waiting.has(id)) say(`lets ${id} wait that waits`);
    state.waiting.set(id, act.approvedSeq);
  }
  if (act.waitsNoMore !== undefined && (act.waitsNoMore !== id || !state.waiting.delete(id))) {
    say(`ends the waiting of one that does not wait`);
  }
}

/** What entries come to: kept per party but for cases, mirrors and empty accounts left out. */
export function summaryOf(entries, fundId) {
  const sums = new Map();
  for (const { lines } of entries) {
    for (const line of lines) {
      if (line.account.startsWith('9') && Number(line.account) % 2 === 0) continue;
      const kept = line.account === '1221' ? line.account : keyOf(line);
      sums.set(kept, (sums.get(kept) ?? 0n) + fenOf(line));
    }
  }
  const balances = Object.fromEntries(
    [...sums].filter(([, fen]) => fen !== 0n).map(([key, fen]) => [key, String(fen)]),
  );
  const last = entries.at(-1);
  const seal = entries.findLast(({ control: act }) => act?.seal !== undefined)?.control.seal;
  return {
    fundId: last?.fundId ?? fundId,
    entries: entries.length,
    headHash: last?.hash ?? zeros,
    at: last?.at ?? '',
    balances,
    ...(seal !== undefined && { sealed: seal }),
  };
}

function checkSummary(summary, entries, problems) {
  try {
    const expected = canonical(summaryOf(entries, summary.fundId));
    if (canonical(summary) !== expected) problems.push('the summary is not what the entries come to');
  } catch (error) {
    problems.push(`the entries come to nothing: ${error.message}`);
  }
}

function main(args) {
  const outside = { roots: {} };
  const files = [];
  for (let place = 0; place < args.length; place += 1) {
    const [name, value = ''] = [args[place], args[place + 1]];
    if (name === '--root' || name === '--head') place += 1;
    if (name === '--root') outside.roots[value.slice(0, 10)] = value.slice(11);
    else if (name === '--head') outside.head = value;
    else files.push(name);
  }
  const known = outside.head !== undefined || Object.keys(outside.roots).length > 0;
  if (files.length === 0 || (files.length > 1 && known)) {
    process.stderr.write(`node verify-journal.mjs journal.jsonl [--root 2026-12-31=<hex>] [--head <hex>]
node verify-journal.mjs fund-a.jsonl fund-b.jsonl …   what the funds gave each other too
`);
    return 2;
  }
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  let wrong = 0;
  for (const text of texts) {
    const { problems, entries, headHash, seals } = verifyJournal(text, outside);
    for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
    for (const [through, root] of Object.entries(seals)) process.stdout.write(`sealed through ${through}: ${root}\n`);
    const verdict = problems.length === 0 ? 'nothing wrong' : `${problems.length} wrong`;
    process.stdout.write(`${entries} entries, head ${headHash}: ${verdict}\n`);
    wrong += problems.length;
  }
  const between = wrong === 0 ? verifyTransfers(texts) : [];
  for (const problem of between) process.stdout.write(`✗ ${problem}\n`);
  return wrong + between.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2));
}
