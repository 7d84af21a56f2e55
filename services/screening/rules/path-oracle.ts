import * as z from 'zod';
import { ScreeningFacts } from '../facts.ts';
import { knownAnswer } from './sample-facts.ts';
import type { PathStep } from './path-to-yes.ts';

/*
 * For tests: facts as they would be after the steps of a path, made without any of the code that finds it.
 */

const Json = z.record(z.string(), z.unknown());
type Json = z.output<typeof Json>;

/** Where no value is told, one that no policy names will do. */
const otherWords: Record<string, string> = { status: 'other', divisionCode: '419001', industryCode: 'A01' };
/** What a step leaves open is filled with what a policy likes least. */
const registration = { status: 'other', registeredOn: '2026-11-23', divisionCode: '419001', industryCode: 'A01' };
const answers: Record<string, Json> = { credit: { lists: [], abnormal: [], penalties: [] }, ip: { assets: [] } };
const items: Record<string, Json> = {
  'ip.assets': {
    kind: 'trademark',
    number: '1',
    title: '新取得的权利',
    status: 'expired',
    filedOn: '2020-01-01',
    grantedOn: '2022-01-01',
    pledged: true,
  },
  'credit.lists': { kind: 'safety', listedOn: '2020-01-01' },
  'credit.abnormal': { listedOn: '2020-01-01' },
  'credit.penalties': { documentNo: '1', decidedOn: '2020-01-01', gravity: 'minor', fineFen: 0 },
};

export function afterSteps(facts: ScreeningFacts, steps: readonly PathStep[]): ScreeningFacts {
  const { nomination, credit, ip } = structuredClone(facts);
  const root: Json = { nomination: nomination.data };
  if (credit.kind === 'known') root['credit'] = credit.data;
  if (ip.kind === 'known') root['ip'] = ip.data;
  for (const { change, path, facts: told } of steps) {
    if (change === 'answer') root[path] = structuredClone(answers[path]);
    for (const { path: at, suitable } of told) {
      const [, before = '', name = ''] = /^(.*)\.([^.]+)$/.exec(at) ?? [];
      placeOf(root, before)[name] = suitable[0] ?? otherWords[name];
    }
    if (change === 'obtain' || path === 'credit.registration') placeOf(root, path);
  }
  return ScreeningFacts.parse({
    nomination,
    credit: root['credit'] === undefined ? credit : knownAnswer('credit-1', root['credit']),
    ip: root['ip'] === undefined ? ip : knownAnswer('ip-1', root['ip']),
  });
}

const rooms = new WeakMap<Json, string>();

/** The record at a path, made where there is none. `ip.assets[+0]` is one new item for all paths that begin so. */
function placeOf(root: Json, path: string): Json {
  const [, list = '', place = ''] = /^(.*)\[(\+?\d+)\]$/.exec(path) ?? [];
  if (list === '') return path === '' ? root : recordIn(root, path);
  const [source = '', name = ''] = list.split('.');
  const all = recordIn(root, source)[name];
  if (!Array.isArray(all)) throw new Error(`"${list}" is not a list`);
  const known: unknown = place.startsWith('+') ? all.find((item) => rooms.get(item) === place) : all[Number(place)];
  if (isJson(known)) return known;
  const item: Json = { ...items[list] };
  rooms.set(item, place);
  all.push(item);
  return item;
}

function recordIn(root: Json, path: string): Json {
  let record = root;
  for (const key of path.split('.')) {
    const inner = (record[key] ??= key === 'registration' ? { ...registration } : {});
    if (!isJson(inner)) throw new Error(`"${path}" is not a record`);
    record = inner;
  }
  return record;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
