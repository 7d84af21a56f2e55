import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Caller } from '#packages/access';
import { addDays, todayOf } from '#packages/calendar';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { FundProgramme } from '../../services/fund/contract.ts';
import { AssetChange, NewLoan } from '../../services/lending/contract.ts';
import { changeAsset } from '../../services/lending/operations/change-asset.ts';
import { fileLoan } from '../../services/lending/operations/file-loan.ts';
import { heardEvents, workHandlers } from '../../services/lending/work-handlers.ts';
import { partitionOf } from './screening.ts';
import type { Loose } from './partners.ts';

export const uscc = '91411502MA9TETT0X9';
export const fundId = 'xinyang';
export const bank = (partnerId: string): Caller => ({ kind: 'partner', partnerId, role: 'bank' });

/** The text of a programme as a city would write it; what it leaves open has its defaults. */
export const programmeText = {
  parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
  minIpPartBps: 5_000,
  maxTermMonths: 36,
  rateCeilingBps: 450,
  recoveryOrder: 'principal-first',
};

export type LendingWorld = ReturnType<typeof lendingOn>;

/** The lending service on a table of its own, with a clock that stands where it is put. */
export function lendingOn(table: Table, begin = '2026-11-27T04:00:00.000Z') {
  let time = new Date(begin);
  const handlers = workHandlers({ table, clock: () => time });

  /** Runs an operation as the API would, but for what the gateway checks. */
  async function call<Given, Answer>(
    operation: (given: Given) => Promise<Answer>,
    given: { caller: Caller; params?: object; query?: object; body?: object; position?: Record<string, string> },
  ): Promise<Loose> {
    const whole = {
      params: {},
      query: { pageSize: 50 },
      body: {},
      position: undefined,
      seal: (position: Record<string, string>) => JSON.stringify(position),
      requestId: 'test',
      now: time,
      receipt: noReceipt,
      file: { bytes: new Uint8Array(), mediaType: '' },
      ...given,
    };
    return (await operation(whole as Given)) as Loose;
  }

  /** Hands the worker one event, as the queue would. */
  async function hear(type: keyof typeof heardEvents, data: Record<string, unknown>): Promise<Loose> {
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      type,
      source: '/services/test',
      subject: 'test/1',
      time: time.toISOString(),
      dataschema: 'test',
      sequence: 1,
      data: z.parse(heardEvents[type].data, data),
    };
    const handler = handlers[type] as ((...given: unknown[]) => Promise<unknown>) | undefined;
    if (handler === undefined) throw new Error(`nobody hears ${type}`);
    return (await handler(event, noReceipt, { messageId: 'm', remainingMs: () => 60_000 })) as Loose;
  }

  const today = () => todayOf(time);

  /** What a bank would say of a loan that was paid out today. */
  function loan(over: Record<string, unknown> = {}, assets: Record<string, unknown>[] = [asset('201710601862.3')]) {
    return {
      bankLoanNo: `XY-${randomUUID()}`,
      uscc,
      fundId,
      principalFen: 500_000_000,
      ipPartBps: 10_000,
      annualRateBps: 400,
      disbursedOn: today(),
      maturesOn: addDays(today(), 365),
      pledge: { assets },
      ...over,
    };
  }

  function asset(number: string, over: Record<string, unknown> = {}) {
    return { kind: 'invention', number, valueFen: 800_000_000, valuedOn: today(), ...over };
  }

  return {
    table,
    call,
    hear,
    loan,
    asset,
    today,
    now: () => time,
    at(instant: string): void {
      time = new Date(instant);
    },

    async listed(over: Record<string, unknown> = {}): Promise<void> {
      const entry = { uscc, version: 1, listedOn: today(), validUntil: addDays(today(), 365), divisionCode: '411502' };
      await hear('consent.granted.v1', {
        uscc,
        consentId: 'consent-1',
        purposes: ['credit', 'ip'],
        expiresOn: '2099-12-31',
        recipients: ['all-banks'],
      });
      await hear('whitelist.entry.listed.v1', { ...entry, recipients: ['all-banks'], ...over });
    },

    async founded(programme: Record<string, unknown> = {}, effectiveFrom = today(), version = 1): Promise<void> {
      if (version === 1) await hear('fund.founded.v1', { fundId });
      const text = z.encode(FundProgramme, FundProgramme.parse({ ...programmeText, ...programme }));
      const digest = '0'.repeat(64);
      await hear('fund.programme.activated.v1', { fundId, version, effectiveFrom, digest, programme: text });
    },

    file: (body: Record<string, unknown>, by = 'bank-a') =>
      call(fileLoan({ table }), { caller: bank(by), body: NewLoan.parse(body) }),

    change: (loanId: string, kind: string, number: string, body: Record<string, unknown>, by = 'bank-a') =>
      call(changeAsset({ table }), {
        caller: bank(by),
        params: { loanId, kind, number },
        body: AssetChange.parse(body),
      }),

    /** Types of the events that a loan has told, in their order. */
    async told(loanId: string): Promise<string[]> {
      const items = await partitionOf(table, `LOAN#${loanId}`);
      return items
        .filter((item) => String(item['sk']).startsWith('EVENT#'))
        .map((item) => JSON.parse(String(item['event'])).type as string);
    },
  };
}
