import type { CreditFacts, IpFacts, ScreeningFacts } from '../facts.ts';
import type { Scalar } from './conditions.ts';
import { knownAnswer } from './sample-facts.ts';
import type { PathStep } from './path-to-yes.ts';

/*
 * For tests: facts as they would be after the steps of a path, made without any of the code that finds it.
 */

type Json = { [name: string]: unknown };

const emptyCredit: CreditFacts = { lists: [], abnormal: [], penalties: [] };
/** Where no value is told, one that no policy names will do. */
const otherWords: Record<string, string> = { status: 'other', divisionCode: '419001', industryCode: 'A01' };
const registration = { status: 'other', registeredOn: '2026-11-23', divisionCode: '419001', industryCode: 'A01' };
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

/** What each step leaves open is filled with what a policy likes least. */
export function afterSteps(facts: ScreeningFacts, steps: readonly PathStep[]): ScreeningFacts {
  const root: Json = structuredClone({
    nomination: facts.nomination.data,
    credit: facts.credit.kind === 'known' ? facts.credit.data : undefined,
    ip: facts.ip.kind === 'known' ? facts.ip.data : undefined,
  });
  for (const { change, path, facts: told } of steps) {
    if (change === 'answer') root[path] = structuredClone(path === 'credit' ? emptyCredit : { assets: [] });
    if (path === 'credit.registration') set(root, path, { ...registration });
    for (const { path: at, suitable } of told) {
      if (at.startsWith('credit.registration.') && getRegistration(root) === undefined) {
        set(root, 'credit.registration', { ...registration });
      }
      set(root, at, suitable[0] ?? otherWords[at.slice(at.lastIndexOf('.') + 1)]);
    }
    if (change === 'obtain') ensureItem(root, path);
  }
  return {
    nomination: { ...facts.nomination, data: root['nomination'] as ScreeningFacts['nomination']['data'] },
    credit: root['credit'] === undefined ? facts.credit : knownAnswer('credit-1', root['credit'] as CreditFacts),
    ip: root['ip'] === undefined ? facts.ip : knownAnswer('ip-1', root['ip'] as IpFacts),
  };
}

function getRegistration(root: Json): unknown {
  return (root['credit'] as Json | undefined)?.['registration'];
}

/** `ip.assets[+0]` is a new item behind the others, the same one for all paths that begin so. */
function ensureItem(root: Json, path: string): Json {
  const [, list = '', place = ''] = /^(.*)\[(\+?\d+)\]$/.exec(path) ?? [];
  const [source = '', name = ''] = list.split('.');
  const all = (root[source] as Json)[name] as Json[];
  if (!place.startsWith('+')) return all[Number(place)] as Json;
  const known = all.find((item) => item['room'] === place);
  if (known !== undefined) return known;
  const item: Json = { ...items[list] };
  Object.defineProperty(item, 'room', { value: place, enumerable: false });
  all.push(item);
  return item;
}

function set(root: Json, path: string, value: unknown): void {
  const [, before = '', name = ''] = /^(.*)\.([^.]+)$/.exec(path) ?? [];
  if (before.endsWith(']')) ensureItem(root, before)[name] = value as Scalar;
  else {
    let record = root;
    for (const key of before.split('.')) record = record[key] as Json;
    record[name] = value;
  }
}
