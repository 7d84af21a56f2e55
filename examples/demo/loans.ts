import * as z from 'zod';
import { addDays, addMonths, legalDateOf } from '#packages/calendar';
import { keyFor } from '#packages/local/patient-client';
import { openClient } from '#packages/sdk/client';
import { fetchPlatformKeys } from '#packages/sdk/platform-keys';
import { yuanText } from '#packages/money';
import type { BankDay } from './banks.ts';
import { everyPage } from './city-api.ts';
import { tableLines } from './table.ts';

const fundId = 'xinyang';
const Entry = z.looseObject({ uscc: z.string() });

export type BankClient = ReturnType<typeof openClient>;
type Filing = Parameters<BankClient['fileLoan']>[0]['body'];

/** Signed clients of the example's banks, by their ids. */
export async function bankClients({ baseUrl, credentials }: BankDay): Promise<(partnerId: string) => BankClient> {
  const platformKeys = await fetchPlatformKeys(baseUrl);
  const clients = new Map(
    Object.values(credentials.partners).map(({ partnerId, keyid, privateKeyPem }) => [
      partnerId,
      openClient({ baseUrl, keyid, privateKeyPem, platformKeys }),
    ]),
  );
  return (partnerId) => {
    const client = clients.get(partnerId);
    if (client === undefined) throw new Error(`credentials.json 中没有 ${partnerId}`);
    return client;
  };
}

/**
 * Banks file loans of listed enterprises with the fund, before anything goes wrong: covered, waiting for a registration,
 * and one refused for each main reason. Answers the loan that goes on to default. Run again it files nothing.
 */
export async function showLoans(day: BankDay): Promise<string> {
  const { api, tokenOf, log } = day;
  const bank = await bankClients(day);
  const token = await tokenOf('city-reviewer');
  const entries = async (status: string) =>
    (await everyPage(api, `/v1/whitelist?status=${status}&pageSize=200`, token)).map(
      (entry) => Entry.parse(entry).uscc,
    );
  const [first, second, third] = await entries('listed');
  const [suspended] = await entries('suspended');
  if (first === undefined || second === undefined || third === undefined || suspended === undefined) {
    throw new Error('名单上的企业不足');
  }
  const today = legalDateOf(new Date().toISOString());
  const loan = (bankLoanNo: string, uscc: string, number: string, change: Partial<Filing> = {}): Filing => ({
    bankLoanNo,
    uscc,
    fundId,
    principalFen: 300_000_000,
    ipPartBps: 10_000,
    annualRateBps: 450,
    disbursedOn: addDays(today, -60),
    maturesOn: addMonths(today, 10),
    pledge: { assets: [registered(number, today)] },
    ...change,
  });

  const filings: { partnerId: string; body: Filing }[] = [
    { partnerId: 'bank-a', body: loan('DEMO-2026-001', first, patents.first) },
    { partnerId: 'bank-b', body: loan('DEMO-2026-002', second, patents.second, { principalFen: 500_000_000 }) },
    {
      partnerId: 'bank-c',
      body: loan('DEMO-2026-003', third, patents.third, { pledge: { assets: [pledged(patents.third, today)] } }),
    },
  ];
  const loanIds: string[] = [];
  for (const { partnerId, body } of filings) loanIds.push(await file(bank(partnerId), partnerId, body));
  await settle(day);
  const [defaulting, , waiting] = loanIds;
  if (defaulting === undefined || waiting === undefined) throw new Error('备案未成');
  const rows = await Promise.all(
    filings.map(async ({ partnerId, body }, place) => {
      const { cover, bundle } = await read(bank(partnerId), loanIds[place] ?? '');
      const { status, reason, eligibleFen, shareBps } = cover;
      const share = `${shareBps / 100} %`;
      return [partnerId, body.bankLoanNo, yuanText(BigInt(eligibleFen)), share, bundle.state, reason ?? status];
    }),
  );
  const columns = ['银行', '贷款', '纳入分担（元）', '基金份额', '质押组合', '分担'].map((header) => ({
    header,
    align: 'left' as const,
  }));
  for (const line of tableLines(columns, rows)) log(`  ${line}`);
  await register(day, bank('bank-c'), waiting, today);

  log('  不予备案的，逐条说明原因与补救：');
  const taken = loan('DEMO-2026-901', second, patents.first);
  const refusals: Filing[] = [
    loan('DEMO-2026-902', suspended, patents.fourth),
    loan('DEMO-2026-903', second, patents.fourth, { fundId: 'no-such-fund' }),
    loan('DEMO-2026-904', second, patents.fourth, { maturesOn: addMonths(today, 60) }),
    loan('DEMO-2026-905', second, patents.fourth, { annualRateBps: 900 }),
    loan('DEMO-2026-906', second, patents.fourth, { ipPartBps: 3_000 }),
    taken,
    loan('DEMO-2026-907', second, patents.ending, { maturesOn: addMonths(today, 30) }),
    loan('DEMO-2026-908', second, patents.fourth, { disbursedOn: addDays(today, -120) }),
    loan('DEMO-2026-909', second, patents.fourth, { productId: 'no-such-product' }),
  ];
  for (const body of refusals) {
    const answer = await bank('bank-b').fileLoan({
      body,
      idempotencyKey: keyFor('refused-loan', JSON.stringify(body)),
    });
    if (answer.kind !== 'problem') throw new Error(`${body.bankLoanNo} 本应不予备案`);
    log(`    ${answer.code}：${answer.problem.detail}`);
  }
  return defaulting;
}

/** Invented numbers with good check digits; the last one's patent is about to end. */
const patents = {
  first: '202110601862.X',
  second: '202110601863.4',
  third: '202110601864.9',
  fourth: '202110601865.3',
  ending: '200710601862.X',
};

function pledged(number: string, today: string) {
  return { kind: 'invention' as const, number, valueFen: 800_000_000, valuedOn: addDays(today, -70) };
}

function registered(number: string, today: string) {
  return { ...pledged(number, today), registrationNo: 'Y2026410000123', registeredOn: addDays(today, -62) };
}

/** A loan of an earlier run has that day's dates: it is the same loan, whatever is said of it now. */
async function file(client: BankClient, partnerId: string, body: Filing): Promise<string> {
  const answer = await client.fileLoan({ body, idempotencyKey: keyFor('loan', partnerId, JSON.stringify(body)) });
  if (answer.kind !== 'problem') return answer.body.loanId;
  if (answer.code !== 'already_exists')
    throw new Error(`${body.bankLoanNo}：${answer.code} ${answer.problem.detail ?? ''}`);
  for await (const loan of client.each.listLoans({ query: {} })) {
    if (loan.bankLoanNo === body.bankLoanNo) return loan.loanId;
  }
  throw new Error(`${body.bankLoanNo} 查无此笔`);
}

async function read(client: BankClient, loanId: string) {
  const answer = await client.getLoan({ params: { loanId } });
  if (answer.kind === 'problem') throw new Error(`${loanId}：${answer.code}`);
  return answer.body;
}

/** The pledge exists from its registration on, and so does the cover. */
async function register(day: BankDay, client: BankClient, loanId: string, today: string): Promise<void> {
  const before = await read(client, loanId);
  const [asset] = before.bundle.assets;
  if (asset === undefined) throw new Error(`${loanId} 没有质押权利`);
  if (asset.registrationNo === undefined) {
    const body = { registrationNo: 'Y2026410000777', registeredOn: addDays(today, -1) };
    const params = { loanId, kind: asset.kind, number: asset.number };
    const answer = await client.changeAsset({ params, body, idempotencyKey: keyFor('registration', loanId) });
    if (answer.kind === 'problem') throw new Error(`${loanId}：${answer.code} ${answer.problem.detail ?? ''}`);
    await settle(day);
  }
  const { cover, bundle } = await read(client, loanId);
  day.log(`  ${before.bankLoanNo} 补报质押登记后：组合 ${bundle.state}，分担 ${cover.status}`);
}

export async function settle({ api }: BankDay): Promise<void> {
  await api.call({ method: 'POST', path: '/__local/drain', json: { timeoutMs: 60_000 } });
}
