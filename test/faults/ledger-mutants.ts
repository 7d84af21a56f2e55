import type { Write, Written } from '../../packages/table.ts';
import type { Answer, Command } from '../../services/fund/ledger/command.ts';
import { planBatch } from '../../services/fund/ledger/plan.ts';
import type { Ledger } from '../../services/fund/ledger/post.ts';
import { findEntry, type LedgerTable } from '../../services/fund/ledger/read.ts';
import { leverage } from './ledger-story.ts';
import type { Mutant } from './ledger-world.ts';

/** The algorithm with one thing taken from it. Each of these must be found out, or the simulator looks away. */

type What = 'block' | 'entry' | 'state';
function whatOf(write: Write): What {
  const { pk, sk } = write.kind === 'put' ? write.item : write.key;
  if (sk.startsWith('B#')) return 'block';
  return pk.includes('#ENTRY#') ? 'entry' : 'state';
}

const withLedger =
  (change: (ledger: Ledger) => Ledger): Mutant =>
  (run) =>
  (ledger, fundId, commands) =>
    run(change(ledger), fundId, commands);

const withTable = (change: (table: LedgerTable, ledger: Ledger) => Partial<LedgerTable>): Mutant =>
  withLedger((ledger) => ({ ...ledger, table: { ...ledger.table, ...change(ledger.table, ledger) } }));

function without(write: Write): Write {
  if (write.kind !== 'put') return write;
  const { condition: _condition, ...rest } = write;
  return rest;
}

/** The condition on such items dropped. A check that is not made is a transaction without it. */
const unconditional = (what: What): Mutant =>
  withTable(({ transact }) => ({
    transact: (writes) => {
      const left = writes.filter((write) => write.kind !== 'check' || whatOf(write) !== what);
      return transact(left.map((write) => (whatOf(write) === what ? without(write) : write)));
    },
  }));

/** In place of one transaction several, in an order. */
const inTurn = (groups: (writes: Write[]) => Write[][]): Mutant =>
  withTable(({ transact }) => ({
    async transact(writes) {
      let answer: Written = { kind: 'written' };
      for (const group of groups(writes).filter(({ length }) => length > 0)) {
        const written = await transact(group);
        if (written.kind === 'refused') answer = { kind: 'refused', steps: [0] };
        if (written.kind === 'refused') break;
      }
      return answer;
    },
  }));

const planned = (plan: typeof planBatch): Mutant => withLedger((ledger) => ({ ...ledger, plan }));

const decided = (change: (command: Command) => Command): Mutant =>
  planned((facts, commands, now, writer) => planBatch(facts, commands.map(change), now, writer));

const tenMinutes = 600_000;

export const mutants: Record<string, Mutant> = {
  'the place after the book need not be free': unconditional('block'),
  'an entry’s name need not be free': unconditional('entry'),
  'an aggregate’s next number need not be free': unconditional('state'),
  'single puts in place of a transaction, the block first': inTurn((writes) => writes.map((write) => [write])),
  'single puts, the block last': inTurn((writes) => writes.toReversed().map((write) => [write])),
  'the block in one transaction, the entries in the next': inTurn(([head, ...rest]) => [head ? [head] : [], rest]),
  'the entries in one transaction, the block in the next': inTurn(([head, ...rest]) => [rest, head ? [head] : []]),
  'aggregates are written afterwards': inTurn((writes) => [
    writes.filter((write) => whatOf(write) !== 'state'),
    writes.filter((write) => whatOf(write) === 'state'),
  ]),
  'ids are not looked up': withTable(() => ({ getMany: () => Promise.resolve([]) })),
  'an entry lies under a name of its writer, not of its event': planned((facts, commands, now, writer) => {
    const plan = planBatch(facts, commands, now, writer);
    const writes = plan.writes.map((write) =>
      write.kind === 'put' && whatOf(write) === 'entry'
        ? { ...write, item: { ...write.item, pk: `${write.item.pk}@${writer}` } }
        : write,
    );
    return { ...plan, writes };
  }),
  'ids are remembered for ten minutes': withTable((table, ledger) => ({
    async getMany(keys, consistent) {
      const items = await table.getMany(keys, consistent);
      return items.filter((item) => {
        const entry = JSON.parse(typeof item['entry'] === 'string' ? item['entry'] : '{}') as { at?: string };
        return entry.at === undefined || ledger.now().getTime() - Date.parse(entry.at) < tenMinutes;
      });
    },
    transact: (writes) => table.transact(writes.map((write) => (whatOf(write) === 'entry' ? without(write) : write))),
  })),
  'content is not compared': (run) => async (ledger, fundId, commands) => {
    const answers = await run(ledger, fundId, commands);
    const same = async (answer: Answer, place: number): Promise<Answer> => {
      const entry = await findEntry(ledger.table, fundId, commands[place]?.id ?? '');
      return answer.kind !== 'already-exists' || entry === undefined
        ? answer
        : { kind: 'posted', entry, replayed: true };
    };
    return Promise.all(answers.map(same));
  },
  'a lost answer counts as a yes': withTable(({ transact }) => ({
    transact: (writes) => transact(writes).catch((): Written => ({ kind: 'written' })),
  })),
  'a refused transaction counts as a twin’s': withTable(({ transact }) => ({
    transact: async (writes) => {
      await transact(writes);
      return { kind: 'written' };
    },
  })),
  'a refused transaction is sent again without its conditions': withTable(({ transact }) => ({
    transact: async (writes) => {
      const written = await transact(writes);
      return written.kind === 'written' ? written : transact(writes.filter(({ kind }) => kind === 'put').map(without));
    },
  })),
  'each command of a batch is decided on the same book': planned((facts, commands, now, writer) => {
    const [first] = commands;
    if (first === undefined) return planBatch(facts, commands, now, writer);
    const plans = commands.map((command) => planBatch(facts, [command], now, writer));
    const [head] = plans.flatMap(({ writes }) => writes.slice(0, 1));
    const rest = plans.flatMap(({ writes }) => writes.slice(1));
    const writes = head === undefined ? [] : [head, ...rest];
    return { planned: plans.flatMap((plan) => plan.planned), writes, steps: writes.length };
  }),
  'the clock is taken as it is': planned((facts, commands, now, writer) => {
    const { book } = facts;
    const early = { ...book, at: book.at > now.toISOString() ? now.toISOString() : book.at };
    const plan = planBatch({ ...facts, book: early }, commands, now, writer);
    return plan;
  }),
  'capacity is not looked at': decided((command) => ({
    ...command,
    decide: (book, aggregates) =>
      command.decide({ ...book, terms: { programmeVersion: 1, leverage: leverage * 30 } }, aggregates),
  })),
  'a suspension is not looked at': decided((command) => ({
    ...command,
    decide: ({ suspendedSeq: _seq, ...book }, aggregates) =>
      command.decide({ ...book, suspendedBanks: [] }, aggregates),
  })),
  'a refusal is not kept': decided((command) => ({
    ...command,
    decide: (book, aggregates) => {
      const decision = command.decide(book, aggregates);
      return decision.kind === 'refused' ? { ...decision, kept: false } : decision;
    },
  })),
  'the end of a batch is forgotten': planned((facts, commands, now, writer) => {
    const plan = planBatch(facts, commands, now, writer);
    const last = plan.writes.at(-1);
    if (plan.writes.length < 3 || last === undefined) return plan;
    return { ...plan, writes: plan.writes.slice(0, -1), steps: plan.steps - 1 };
  }),
};
