import { createResources, startEngines } from '../../packages/local/engines.ts';
import { openTable, type Table } from '../../packages/table.ts';
import { receiveContribution } from '../../services/fund/ledger/cash.ts';
import { reserveExposure } from '../../services/fund/ledger/exposure.ts';
import { openLedger, post } from '../../services/fund/ledger/post.ts';
import { setTerms } from '../../services/fund/ledger/suspension.ts';
import { countCapacity, type Spent } from '../support/capacity.ts';
import { dynamoClient, tableSpec } from '../support/table.ts';
import { addModel } from './ledger-model.ts';
import { postTextbook } from './ledger-peers/textbook.ts';
import { startPostgres } from './ledger-peers/postgres.ts';
import { markdownTable, median, whole } from './markdown.ts';

/*
 * Postings a second and what each takes, of the ledger with 1, 10 and 90 postings to a call, of a plain transaction a
 * posting on the same engine, and of a plain double-entry schema in PostgreSQL. A posting is a loan taken into cover: two
 * pairs of memo lines, a cap, an id for ever. Raw is the engine as it is, which has neither latency nor conflicts: that
 * is the client's work. With the model of `ledger-model.ts` it is what a region would make of it.
 */

const day = '2026-11-20';
const funds = 1_000;
/** No price list of the China regions is public in full: US list, on demand, a million of each. */
const dollarsPerMillionWrites = 0.625;
const dollarsPerMillionReads = 0.125;

/** One call; answers how many postings it made. */
type Caller = () => Promise<number>;
type Contender = { name: string; batch: number; make: (table: Table, fundOf: () => string) => Caller };

let loans = 0;
const nextLoan = () => `0190f3a2-7c1e-7b6a-9d7e-${String((loans += 1)).padStart(12, '0')}`;

const textbook: Contender = {
  name: 'a transaction per posting',
  batch: 1,
  make: (table, fundOf) => async () => {
    const posting = { fundId: fundOf(), loanId: nextLoan(), bankId: 'bank-a', fen: 1, cap: 9_000_000_000_000 };
    return (await postTextbook(table, posting)) === 'posted' ? 1 : 0;
  },
};

const ledgerOf = (batch: number): Contender => ({
  name: `ledger, ${batch} a call`,
  batch,
  make: (table, fundOf) => {
    const ledger = openLedger(table);
    return async () => {
      const covers = Array.from({ length: batch }, () =>
        reserveExposure({ loanId: nextLoan(), bankId: 'bank-a', exposureFen: 1n, principalFen: 1n, valueDate: day }),
      );
      const answers = await post(ledger, fundOf(), covers);
      return answers.filter((answer) => answer.kind === 'posted' && !answer.replayed).length;
    };
  },
});

const contenders = [textbook, ...[1, 10, 90].map(ledgerOf)];

type Cell = {
  perSecond: number;
  spent: Spent;
  conflicts: number;
  cpuMs: number;
  p50: number;
  p99: number;
  failed: number;
};

async function measure(
  call: Caller,
  callers: number,
  milliseconds: number,
  counted: () => Spent,
  conflicts: () => number,
): Promise<Cell> {
  const times: number[] = [];
  let [postings, failed] = [0, 0];
  const before = { ...counted(), conflicts: conflicts() };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const work = async () => {
    while (performance.now() - started < milliseconds) {
      const from = performance.now();
      try {
        const made = await call();
        postings += made;
        times.push(performance.now() - from);
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const after = counted();
  const sorted = times.toSorted((one, other) => one - other);
  return {
    perSecond: (postings * 1_000) / took,
    spent: {
      requests: (after.requests - before.requests) / postings,
      writeUnits: (after.writeUnits - before.writeUnits) / postings,
      readUnits: (after.readUnits - before.readUnits) / postings,
    },
    conflicts: (conflicts() - before.conflicts) / postings,
    cpuMs: (user + system) / 1_000 / postings,
    p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    failed,
  };
}

async function openFunds(table: Table, names: readonly string[]): Promise<void> {
  const ledger = openLedger(table);
  const money = { bankReference: 'r1', contributor: 'city', amountFen: 1_000_000_000_000n, valueDate: day };
  for (let from = 0; from < names.length; from += 20) {
    const open = (name: string) =>
      post(ledger, name, [setTerms({ programmeVersion: 1, leverage: 10 }, day), receiveContribution(money)]);
    await Promise.all(names.slice(from, from + 20).map(open));
  }
}

export type Effort = { rounds: number; milliseconds: number; callers: readonly number[] };
const usual: Effort = { rounds: 3, milliseconds: 1_500, callers: [1, 8, 64] };

export async function benchLedger({ rounds, milliseconds, callers }: Effort = usual): Promise<string> {
  const engines = await startEngines({});
  const postgres = await startPostgres();
  try {
    const name = 'ledger-load';
    await createResources(engines.urls, {
      region: 'us-east-1',
      tables: [tableSpec(name, false)],
      queues: [],
      buckets: [],
    });
    const names = Array.from({ length: funds }, (_, place) => `f${place}`);
    const regimes = ['raw', 'model'].map((regime) => {
      const db = dynamoClient(engines.urls.dynamodb);
      const counter = countCapacity(db);
      const model = regime === 'model' ? addModel(db) : { conflicts: () => 0 };
      return { regime, table: openTable(db, name), counted: () => counter.spent, conflicts: model.conflicts };
    });
    const [raw] = regimes;
    if (raw !== undefined) await openFunds(raw.table, names);

    const cells = new Map<string, Cell[]>();
    const rates = new Map<string, number[]>();
    const keep = <T>(map: Map<string, T[]>, key: string, value: T) => map.set(key, [...(map.get(key) ?? []), value]);
    for (let round = 0; round < rounds; round += 1) {
      for (const { regime, table, counted, conflicts } of regimes) {
        for (const count of [1, funds]) {
          for (const many of callers) {
            const turn = round % 2 === 0 ? contenders : contenders.toReversed();
            for (const { name: who, make } of turn) {
              const fundOf = () => (count === 1 ? 'f0' : `f${Math.floor(Math.random() * count)}`);
              const cell = await measure(make(table, fundOf), many, milliseconds, counted, conflicts);
              keep(cells, [regime, count, many, who].join(), cell);
              keep(rates, [regime, count, many, who].join(), cell.perSecond);
            }
            for (const batch of postgres === undefined ? [] : [1, 90]) {
              const seconds = Math.ceil(milliseconds / 1_000);
              const rate = await postgres?.measure({
                funds: count,
                callers: many,
                batch,
                replicated: regime === 'model',
                seconds,
              });
              keep(rates, [regime, count, many, `PostgreSQL, ${batch} a call`].join(), rate ?? 0);
            }
          }
        }
      }
    }
    const most = Math.max(...callers);
    const given = contenders.map(({ name: who }) => {
      const failed = (cells.get(['model', 1, most, who].join()) ?? []).map((cell) => cell.failed);
      return `${who} ${median(failed)}`;
    });
    const notes = [
      `PostgreSQL ${postgres?.version ?? 'is not installed'}; ${rounds} rounds, the middle one; callers of one machine.`,
      `Calls of ${most} callers on one fund that gave up, model: ${given.join(', ')}.`,
    ];
    return [ratesTable(rates, callers), '', unitsTable(cells), '', ...notes].join('\n');
  } finally {
    await postgres?.stop();
    await engines.stop();
  }
}

function ratesTable(rates: ReadonlyMap<string, number[]>, callers: readonly number[]): string {
  const columns = ['raw', 'model'].flatMap((regime) =>
    [1, funds].flatMap((count) => callers.map((many) => ({ regime, count, many }))),
  );
  const heads = columns.map(
    ({ regime, count, many }) => `${regime}, ${count === 1 ? 'one fund' : `${whole(count)} funds`}, ${many}`,
  );
  const names = [...contenders.map(({ name }) => name), 'PostgreSQL, 1 a call', 'PostgreSQL, 90 a call'];
  const of = (name: string, { regime, count, many }: (typeof columns)[number]) =>
    rates.get([regime, count, many, name].join());
  const rows = names
    .filter((name) => columns.some((column) => of(name, column) !== undefined))
    .map((name) => [
      name,
      ...columns.map((column) => {
        const rate = median(of(name, column) ?? []);
        const plain = median(of(textbook.name, column) ?? []);
        return `${whole(rate)} (${(rate / plain).toFixed(1)} ×)`;
      }),
    ]);
  return markdownTable(['postings / s, by callers', ...heads], rows);
}

/** By one caller on one fund: as a queue's group has it. */
function unitsTable(cells: ReadonlyMap<string, Cell[]>): string {
  const rows = contenders.map(({ name }) => {
    const middle = (regime: string, many: number, of: (cell: Cell) => number) =>
      median((cells.get([regime, 1, many, name].join()) ?? []).map(of));
    const one = (of: (cell: Cell) => number) => middle('raw', 1, of);
    const dollars = one(
      ({ spent }) => spent.writeUnits * dollarsPerMillionWrites + spent.readUnits * dollarsPerMillionReads,
    );
    return [
      name,
      one(({ spent }) => spent.requests).toFixed(3),
      one(({ spent }) => spent.writeUnits).toFixed(2),
      one(({ spent }) => spent.readUnits).toFixed(2),
      dollars.toFixed(2),
      one(({ cpuMs }) => cpuMs).toFixed(3),
      `${middle('model', 1, ({ p50 }) => p50).toFixed(0)} / ${middle('model', 1, ({ p99 }) => p99).toFixed(0)}`,
      middle('model', 1, ({ conflicts }) => conflicts).toFixed(2),
      middle('model', 8, ({ conflicts }) => conflicts).toFixed(2),
    ];
  });
  return markdownTable(
    [
      'a posting, one caller on one fund',
      'requests',
      'write units',
      'read units',
      'US$ / million',
      'client CPU ms',
      'call p50 / p99 ms, model',
      'aborted, model',
      'aborted, model, 8 callers',
    ],
    rows,
  );
}
