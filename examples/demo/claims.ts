import { createHash } from 'node:crypto';
import * as z from 'zod';
import { legalDateOf } from '#packages/calendar';
import { keyFor } from '#packages/local/patient-client';
import { yuanText } from '#packages/money';
import { requiredDocuments } from '#services/fund/contract';
import type { BankDay } from './banks.ts';
import { checkedByOutsider, fundPath, provenBooks } from './fund.ts';
import { type BankClient, bankClients, settle } from './loans.ts';
import { tableLines } from './table.ts';

const Payments = z.looseObject({ payments: z.array(z.looseObject({ partyId: z.string(), paidFen: z.int() })) });
const Forecast = z.looseObject({ sentences: z.array(z.string()) });

/**
 * A covered loan defaults: what would be returned is said before anything is filed, two people decide and pay, the bank
 * gives back of what it recovers, and the books prove themselves with all of it. Run again it goes on where it was.
 */
export async function showClaim(day: BankDay, loanId: string): Promise<void> {
  const { api, tokenOf, log } = day;
  const bank = (await bankClients(day))('bank-a');
  const [admin, reviewer] = [await tokenOf('city-admin'), await tokenOf('city-reviewer')];
  const claimId = (await knownClaim(bank, loanId)) ?? (await fileClaim(day, bank, loanId));
  const act = async (what: string, token: string, json: unknown) =>
    (
      await api.call(
        { method: 'POST', path: `/v1/claims/${claimId}/${what}`, token, json, key: keyFor('claim', claimId, what) },
        [409],
      )
    ).body;
  await act('decisions', reviewer, { decision: 'approve', reason: '材料齐全，计算相符（示例）' });
  const paid = Payments.safeParse(await act('payments', admin, {}));
  if (paid.success) {
    const told = paid.data.payments.map(({ partyId, paidFen }) => `${partyId} ${yuanText(BigInt(paidFen))} 元`);
    log(`  复核人同意、管理员（另一人）付款：${told.join('，')}`);
  }
  await recover(day, bank, claimId);
  await settle(day);
  await showParties(day, bank, claimId);
  const { headHash, told } = await provenBooks(api, admin);
  log(`  ${told}`);
  log(`  ${await checkedByOutsider(api, admin, headHash)}`);
  const { body } = await api.call({ method: 'GET', path: `${fundPath}/forecast`, token: admin });
  for (const sentence of Forecast.parse(body).sentences.slice(0, 2)) log(`  ${sentence}`);
  log(`  图：${fundPath}/forecast.svg 未来十二个月支出区间，${fundPath}/stress.svg 压力测试`);
}

async function knownClaim(bank: BankClient, loanId: string): Promise<string | undefined> {
  for await (const claim of bank.each.listClaims({ query: {} })) if (claim.loanId === loanId) return claim.claimId;
  return undefined;
}

/** The month's report says that it is bad; a check says what the file lacks; then it is filed whole. */
async function fileClaim(day: BankDay, bank: BankClient, loanId: string): Promise<string> {
  const { log } = day;
  const asOf = legalDateOf(new Date().toISOString());
  const outstandingFen = 280_000_000;
  const report = { asOf, outstandingFen, overdueDays: 35, classification: 'substandard', allLoansNplBps: 150 } as const;
  const reported = await bank.reportLoan({
    params: { loanId },
    body: report,
    idempotencyKey: keyFor('report', loanId, asOf),
  });
  if (reported.kind === 'problem') throw new Error(`月报未成：${reported.code} ${reported.problem.detail ?? ''}`);
  const exceptions = reported.body.exceptions.map(({ message }) => message);
  log(`  bank-a 月报：余额 ${yuanText(BigInt(outstandingFen))} 元，次级；例外提示：${exceptions.join('；') || '无'}`);
  await settle(day);
  const claim = {
    loanId,
    lossPrincipalFen: outstandingFen,
    trigger: { mode: 'npl-classified', asOf } as const,
    documents: requiredDocuments.map((kind) => ({ kind, digest: createHash('sha256').update(kind).digest('hex') })),
  };
  const early = { ...claim, documents: claim.documents.slice(0, 4) };
  const checked = await bank.checkClaim({ body: early, idempotencyKey: keyFor('claim-check', loanId) });
  if (checked.kind === 'problem') throw new Error(`预检未成：${checked.code}`);
  log(`  申请前预检，会被退回：${checked.body.findings.map(({ message }) => message).join('；')}`);
  const filed = await bank.fileClaim({ body: claim, idempotencyKey: keyFor('claim', loanId) });
  if (filed.kind === 'problem') throw new Error(`申请未成：${filed.code} ${filed.problem.detail ?? ''}`);
  const due = filed.body.entitlement.map(({ partyId, dueFen }) => `${partyId} ${yuanText(BigInt(dueFen))}`);
  log(`  补齐后申请 ${filed.body.claimId}，各方应担（元）：${due.join('，')}`);
  return filed.body.claimId;
}

async function recover({ log }: BankDay, bank: BankClient, claimId: string): Promise<void> {
  const receivedOn = legalDateOf(new Date().toISOString());
  const recovery = { grossFen: 100_000_000, costsFen: 5_000_000, source: 'pledge-sale', reference: 'DEMO-RC-1' };
  const answer = await bank.recordRecovery({
    params: { claimId },
    body: { ...recovery, receivedOn },
    idempotencyKey: keyFor('recovery', claimId, receivedOn),
  });
  if (answer.kind === 'problem') {
    // That of an earlier day has that day's date.
    if (answer.code === 'already_exists') return;
    throw new Error(`回收未成：${answer.code} ${answer.problem.detail ?? ''}`);
  }
  const shares = answer.body.allocations.map(
    ({ partyId, principalFen }) => `${partyId} ${yuanText(BigInt(principalFen))} 元`,
  );
  log(`  处置回收净额 ${yuanText(BigInt(answer.body.netFen))} 元，按各方实付返还本金：${shares.join('，')}`);
}

async function showParties({ log }: BankDay, bank: BankClient, claimId: string): Promise<void> {
  const answer = await bank.getClaim({ params: { claimId } });
  if (answer.kind === 'problem') throw new Error(`${claimId}：${answer.code}`);
  const columns = ['参与方', '应担（元）', '已付', '已返还', '最后承担'].map((header, place) => ({
    header,
    align: place === 0 ? ('left' as const) : ('right' as const),
  }));
  const rows = answer.body.parties.map((party) => [
    party.partyId,
    ...[party.entitledFen, party.paidFen, party.refundedFen, party.burdenFen].map((fen) => yuanText(BigInt(fen))),
  ]);
  for (const line of tableLines(columns, rows)) log(`  ${line}`);
}
