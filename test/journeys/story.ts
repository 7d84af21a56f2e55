import { expect } from 'vitest';
import { checkUscc } from '#packages/identifiers';
import type { Answer, City } from '../support/city.ts';

export type Source = 'credit' | 'ip';
export type Facts = Record<string, unknown>;

/** Well before and long after any day on which the tests run. */
export const [longAgo, farAhead] = ['2020-01-01', '2099-12-31'];

let codes = 0;

/** A code that nobody else has, with the right check digit. */
export function newUscc(divisionCode = '411502'): string {
  codes += 1;
  const body = `91${divisionCode}MA8${String(codes).padStart(6, '0')}`;
  const check = checkUscc(`${body}0`);
  return check.kind === 'warning' ? `${body}${check.expected}` : `${body}0`;
}

export function nominationOf(uscc: string, more: Facts = {}) {
  return {
    uscc,
    name: `示例科技有限公司${uscc.slice(-7)}`,
    divisionCode: '411502',
    sizeClass: 'small',
    industryCode: 'C39',
    foundedOn: '2015-03-01',
    ...more,
  };
}

export function grantOf(more: Facts = {}) {
  return {
    purposes: ['credit', 'ip'],
    recipients: ['all-banks'],
    grantedOn: longAgo,
    expiresOn: farAhead,
    evidenceDigest: 'ab'.repeat(32),
    ...more,
  };
}

/** What the sources say of an enterprise that passes. */
export function goodCredit(more: Facts = {}): Facts {
  const registration = { status: 'active', registeredOn: '2015-03-01', divisionCode: '411502', industryCode: 'C39' };
  return { registration, taxGrade: 'A', publicCreditGrade: 'B', lists: [], abnormal: [], penalties: [], ...more };
}

export const invention = {
  kind: 'invention',
  number: '201710601862.3',
  title: '一种示例装置',
  status: 'in-force',
  filedOn: '2017-07-21',
  grantedOn: '2019-09-10',
  pledged: false,
};
export const goodIp = (more: Facts = {}): Facts => ({ assets: [{ ...invention, ...more }] });

/** What people do in a city, each step done as it should be; the tests look at what comes of it. */
export function storyOf(city: City) {
  const auditor = () => city.operator('auditor');

  async function ok(status: number, sent: Promise<Answer>): Promise<any> {
    const answer = await sent;
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status });
    return answer.body;
  }
  const put = (path: string, token: string | undefined, json: unknown) => city.call('PUT', path, { token, json });

  async function tellSource(source: Source, uscc: string, facts: Facts | undefined): Promise<void> {
    const path = `/__local/sources/${source}/enterprises/${uscc}`;
    if (facts === undefined) await ok(204, city.call('DELETE', path));
    else await ok(200, put(path, undefined, facts));
  }

  async function tellSources(uscc: string, credit: Facts | undefined, ip: Facts | undefined): Promise<void> {
    await Promise.all([tellSource('credit', uscc, credit), tellSource('ip', uscc, ip)]);
  }

  async function nominate(uscc: string, more: Facts = {}): Promise<any> {
    const nomination = nominationOf(uscc, more);
    const clerk = city.operator(`county-clerk-${nomination.divisionCode}`);
    return ok(201, city.post('/v1/enterprises', clerk, nomination));
  }

  async function consent(uscc: string, more: Facts = {}, clerk = city.operator('county-clerk-411502')): Promise<any> {
    return ok(200, put(`/v1/enterprises/${uscc}/consent`, clerk, grantOf(more)));
  }

  /** An enterprise that would pass: nominated, with its consent, and good facts. */
  async function enterprise(more: Facts = {}): Promise<string> {
    const uscc = newUscc();
    await nominate(uscc, more);
    await Promise.all([consent(uscc), tellSources(uscc, goodCredit(), goodIp())]);
    return uscc;
  }

  async function drained(): Promise<void> {
    expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  }

  /** A run from its start to its end. */
  async function run(scope: Facts): Promise<any> {
    const { runId } = await ok(202, city.post('/v1/screening-runs', city.operator('city-reviewer'), { scope }));
    await drained();
    const done = await ok(200, city.get(`/v1/screening-runs/${runId}`, auditor()));
    const { total, pass, review, exclude, stale } = done.counts;
    expect(done.status).toBe('done');
    expect(pass + review + exclude + stale).toBe(total);
    return done;
  }

  const view = async (uscc: string): Promise<any> => ok(200, city.get(`/v1/enterprises/${uscc}`, auditor()));
  const outcomeOf = async (uscc: string): Promise<string> => (await view(uscc)).screening.outcome;

  async function screen(...usccs: string[]): Promise<string[]> {
    await run({ usccs });
    return Promise.all(usccs.map(outcomeOf));
  }

  async function opine(uscc: string, opinion = 'recommend', divisionCode = '411502'): Promise<any> {
    const reviewer = city.operator(`county-reviewer-${divisionCode}`);
    return ok(200, city.post(`/v1/enterprises/${uscc}/county-opinions`, reviewer, { opinion, reason: '县区核实' }));
  }

  async function propose(named: Facts = {}): Promise<any> {
    return ok(201, city.post('/v1/whitelist-versions', city.operator('city-reviewer'), named));
  }

  async function approve(version: number): Promise<any> {
    const answer = city.post(`/v1/whitelist-versions/${version}/approvals`, city.operator('city-admin'));
    return ok(200, answer);
  }

  async function publish(named: Facts = {}): Promise<any> {
    const published = await approve((await propose(named)).version);
    await drained();
    return published;
  }

  /** Every entry of the list, page by page, as a city's person reads it. */
  async function whitelist(status = 'listed', pageSize = 2): Promise<any[]> {
    const items: any[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor === null ? '' : `&cursor=${cursor}`;
      const path = `/v1/whitelist?status=${status}&pageSize=${pageSize}${at}`;
      const page: any = await ok(200, city.get(path, auditor()));
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  const fault = async (source: Source, kind: string): Promise<void> =>
    ok(200, put(`/__local/sources/${source}/fault`, undefined, { kind }));

  return {
    ok,
    put,
    tellSource,
    tellSources,
    nominate,
    consent,
    enterprise,
    drained,
    run,
    view,
    outcomeOf,
    screen,
    opine,
    propose,
    approve,
    publish,
    whitelist,
    fault,
  };
}
