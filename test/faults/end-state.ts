import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { verifyAggregate } from '#packages/audit';
import { type Item, openTable, type Table } from '#packages/table';
import { headOf } from '../../services/screening/store/enterprise.ts';
import type { City } from '../support/city.ts';
import { everyItem, insist } from './main-job.ts';

/** What a city has come to, in a form in which two cities with the same history are equal. */

/** Differ between any two runs: moments, what is drawn at random, and the hashes over both. */
const passing = new Set([
  'importId',
  'runId',
  'screeningId',
  'at',
  'decidedAt',
  'fetchedAt',
  'nominatedAt',
  'observedAt',
  'proposedAt',
  'startedAt',
]);

function lasting(value: any): any {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, passing.has(name) ? '…' : lasting(part)]),
  );
}

/** The service's table as it lies in the engine, past the faults. */
export function tableOf(city: City): Table {
  const { deployment, engines } = city.cloud;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const db = new DynamoDBClient({ endpoint: engines.dynamodb, region: deployment.region, credentials });
  return openTable(db, deployment.tables.find(({ name }) => name.includes('screening'))!.name);
}

/** By partition and sort key, up to the first `#`. */
const sorts = [
  'AUDITDAY',
  'AUDITSEAL',
  'CANDIDATES',
  'ENTERPRISE AUDIT',
  'ENTERPRISE ENTRY',
  'ENTERPRISE EVENT',
  'ENTERPRISE FACTS',
  'ENTERPRISE HEAD',
  'ENTERPRISE SCREENING',
  'IDEMPOTENCY',
  'IMPORT CHUNK',
  'IMPORT EVENT',
  'IMPORT HEAD',
  'INBOX',
  'INDEX',
  'RUN CHUNK',
  'RUN EVENT',
  'RUN HEAD',
  'WHITELIST AUDIT',
  'WHITELIST EVENT',
  'WHITELIST HEAD',
  'WHITELIST STATE',
];

export type EndState = {
  enterprises: Record<string, unknown>;
  whitelist: unknown[];
  version: unknown;
  /** How often the table was changed for each enterprise, and how many things of each kind there are. */
  changes: Record<string, unknown>;
  things: Record<string, number>;
  /** What must be empty: chains that do not fit, events that nobody got, events that wait for others. */
  wrong: string[];
};

export async function endState(city: City, version: number): Promise<EndState> {
  const auditor = city.operator('auditor');
  const views = await everyItem(city, '/v1/enterprises', auditor);
  const enterprises: Record<string, unknown> = {};
  const usccs = views.map(({ uscc }) => String(uscc)).toSorted();
  const reading = usccs.values();
  const reader = async () => {
    for (const uscc of reading) {
      const view = await insist(city, 'GET', `/v1/enterprises/${uscc}`, { token: auditor });
      const screenings = await everyItem(city, `/v1/enterprises/${uscc}/screenings`, auditor);
      enterprises[uscc] = lasting({ view, screenings });
    }
  };
  await Promise.all([reader(), reader(), reader(), reader()]);
  const whitelist = await everyItem(city, '/v1/whitelist', auditor);
  const published = await insist(city, 'GET', `/v1/whitelist-versions/${version}`, { token: auditor });
  return { enterprises, whitelist, version: lasting(published), ...(await tableState(city)) };
}

export async function tableState(city: City): Promise<Pick<EndState, 'changes' | 'things' | 'wrong'>> {
  const table = tableOf(city);
  const items: Item[] = [];
  for await (const item of table.scan({ expression: 'attribute_exists(pk)' })) items.push(item);
  const changes: Record<string, unknown> = {};
  const things: Record<string, number> = {};
  const wrong: string[] = [];
  for (const item of items) {
    const [pk, sk] = [String(item['pk']), String(item['sk'])];
    const kind = `${pk.split('#', 1)[0]} ${sk.split('#', 1)[0]}`;
    // A proposal that was cut off leaves entries that nothing refers to.
    const counted = sorts.find((sort) => kind.startsWith(sort));
    if (counted !== undefined) things[counted] = (things[counted] ?? 0) + 1;
    if (pk.startsWith('ENTERPRISE#') && sk === 'HEAD') {
      const { version, sequence, audit } = headOf(item);
      changes[pk] = { version, sequence, audited: audit.sequence };
      const chain = await verifyAggregate(table, pk);
      if (chain.kind === 'misfit') wrong.push(`${pk}: ${chain.reason} at ${chain.sk}`);
    }
    if (sk.startsWith('EVENT#') && item['relayedAt'] === undefined) wrong.push(`${pk} ${sk} was not relayed`);
    if (sk.startsWith('HELD#')) wrong.push(`${pk} ${sk} is held`);
  }
  const audited = items.filter(({ sk }) => String(sk).startsWith('AUDIT#')).length;
  const filed = items.filter(({ pk }) => String(pk).startsWith('AUDITDAY#')).length;
  if (filed !== audited) wrong.push(`${filed} audit rows filed of ${audited}`);
  return { changes, things, wrong };
}
