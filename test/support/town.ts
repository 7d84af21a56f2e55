import { createHash, randomUUID } from 'node:crypto';
import type { Caller } from '#packages/access';
import { legalDateOf } from '#packages/calendar';
import type { PersonRole } from '#packages/roles';
import { noReceipt, type Outcome } from '#packages/outcome';
import type { Table } from '#packages/table';
import type { CreditFacts, IpFacts, SourceAnswer } from '../../services/screening/facts.ts';
import type { Nomination } from '../../services/screening/nomination.ts';
import { approveWhitelist } from '../../services/screening/operations/approve-whitelist.ts';
import { decideEnterprise } from '../../services/screening/operations/decide-enterprise.ts';
import { mayAsk, saidNow } from '../../services/screening/operations/hear-sources.ts';
import { nominateEnterprise } from '../../services/screening/operations/nominate-enterprise.ts';
import { proposeWhitelist } from '../../services/screening/operations/propose-whitelist.ts';
import { publishChunk } from '../../services/screening/operations/publish-entries.ts';
import { recordConsent } from '../../services/screening/operations/record-consent.ts';
import { giveCountyOpinion } from '../../services/screening/operations/give-county-opinion.ts';
import { policyLookup } from '../../services/screening/policy-lookup.ts';
import { openPolicyBook } from '../../services/screening/policy-book.ts';
import { city1 } from '../../services/screening/policies/city-1.ts';
import { compile } from '../../services/screening/rules/engine.ts';
import { soundFacts } from '../../services/screening/rules/sample-facts.ts';
import { getHead, getHeads } from '../../services/screening/store/enterprise.ts';
import { openVault } from '../../services/screening/vault.ts';

const policy = compile(city1);

export const usccs = ['91411502MA9TETT0X9', '91411502MA8000001X', '91411502MA8000002W', '91411502MA8000003U'] as const;

export const person = (role: PersonRole, more: Partial<Extract<Caller, { kind: 'person' }>> = {}): Caller => ({
  kind: 'person',
  issuer: 'https://issuer.example',
  sub: `a-${role}`,
  role,
  divisionCode: '411502',
  ...more,
});
export const bank = (partnerId: string): Caller => ({ kind: 'partner', partnerId, role: 'bank' });

export const grant = {
  purposes: ['credit' as const, 'ip' as const],
  recipients: ['all-banks'],
  grantedOn: '2020-01-01',
  expiresOn: '2099-12-31',
  evidenceDigest: '0'.repeat(64),
};

export type Said = { credit?: CreditFacts | 'silent'; ip?: IpFacts | 'silent' };

/** The operations of the screening service on a table, by a clock of the test's own. */
export function townOf(table: Table, startsAt: string) {
  const clock = { now: new Date(startsAt) };
  const deps = {
    table,
    vault: openVault(async () => 'a secret of the tests'),
    files: { get: refuse, put: refuse } as never,
    newId: (prefix: string) => `${prefix}-${randomUUID()}`,
    ...policyLookup({ table, book: openPolicyBook(table) }),
  };

  /** Calls an operation as the pipeline would. */
  async function ask(
    operation: (call: any) => Promise<Outcome<any>>,
    caller: Caller,
    said: { uscc?: string; params?: any; query?: any; body?: any; position?: any; requestId?: string } = {},
  ): Promise<any> {
    const { uscc, params = { uscc }, query = {}, body = {}, position, requestId = randomUUID() } = said;
    const outcome = await operation({
      caller,
      params,
      query,
      body,
      requestId,
      position,
      now: clock.now,
      receipt: noReceipt,
      seal: (next: unknown) => JSON.stringify(next),
    });
    return outcome.kind === 'done' ? outcome.result : outcome;
  }

  function tick(milliseconds = 1_000): void {
    clock.now = new Date(clock.now.getTime() + milliseconds);
  }

  const context = () => ({ now: clock.now, requestId: 'town', receipt: noReceipt });

  function answerOf<Data>(uscc: string, source: string, data: Data | 'silent' | undefined): SourceAnswer<Data> {
    const fetchedAt = clock.now.toISOString();
    if (data === undefined) return { kind: 'unknown-there', fetchedAt };
    if (data === 'silent') return { kind: 'unavailable', reason: 'timeout', fetchedAt };
    const digest = createHash('sha256').update(JSON.stringify(data)).digest('hex');
    const recordId = `${source}-${uscc}-${digest.slice(0, 8)}`;
    return { kind: 'known', recordId, observedAt: '2026-01-05T02:00:00.000Z', fetchedAt, digest, data };
  }

  async function nominate(uscc: string, more: Partial<Nomination> = {}): Promise<void> {
    const { divisionCodes: _codes, ...data } = soundFacts().nomination.data;
    const body = { uscc, name: `示例${uscc.slice(-4)}`, divisionCode: '411502', ...data, ...more };
    await ask(nominateEnterprise(deps), person('county-clerk', { divisionCode: body.divisionCode }), { body });
    tick();
  }

  async function consent(uscc: string, more: Partial<typeof grant> = {}): Promise<void> {
    await ask(recordConsent(deps), person('county-clerk'), { uscc, body: { ...grant, ...more } });
    tick();
  }

  /** Decides as a run would; what the sources say is sound where nothing else is given. */
  async function screen(uscc: string, said: Said = {}): Promise<string> {
    const head = (await getHead(table, uscc))!;
    const day = legalDateOf(clock.now.toISOString());
    const { credit, ip } = { ...soundFacts(), ...said };
    const hear = <Data>(source: 'credit' | 'ip', data: Data | 'silent' | undefined) =>
      saidNow(head, source, mayAsk(head, source, day) ? answerOf(uscc, source, data) : { kind: 'no-consent' }, {
        isKept: head.dataKey !== undefined,
      });
    const heard = { credit: hear<CreditFacts>('credit', credit), ip: hear<IpFacts>('ip', ip) };
    const deciding = { policy, day, runId: `run-${clock.now.getTime()}`, vault: deps.vault };
    const { outcome, writes } = await decideEnterprise(head, heard, deciding, context());
    if (writes.length > 0) await table.transact(writes);
    tick();
    return outcome;
  }

  async function opine(uscc: string): Promise<void> {
    await ask(giveCountyOpinion(deps), person('county-reviewer'), {
      uscc,
      body: { opinion: 'recommend', reason: '核实' },
    });
    tick();
  }

  async function propose(hold: string[] = []): Promise<number | undefined> {
    const body = { confirm: [], hold: hold.map((uscc) => ({ uscc, reason: '暂缓' })) };
    const { version } = await ask(proposeWhitelist(deps), person('city-reviewer'), { body });
    tick();
    return version;
  }

  async function approve(version: number): Promise<void> {
    await ask(approveWhitelist(deps), person('city-admin'), { params: { version } });
    tick();
  }

  async function land(version: number): Promise<void> {
    const known = [...(await getHeads(table, usccs)).keys()];
    await publishChunk(deps)({ version, usccs: known }, context());
    tick();
  }

  /** From nothing to an entry on the list. */
  async function list(uscc: string): Promise<void> {
    await nominate(uscc);
    await consent(uscc);
    await screen(uscc);
    await opine(uscc);
    const version = (await propose())!;
    await approve(version);
    await land(version);
  }

  return { clock, deps, ask, tick, context, nominate, consent, screen, opine, propose, approve, land, list };
}

function refuse(): never {
  throw new Error('no files here');
}
