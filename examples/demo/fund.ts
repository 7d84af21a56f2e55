import * as z from 'zod';
import { addDays, legalDateOf } from '#packages/calendar';
import { keyFor, type Api } from '#packages/local/patient-client';
import { yuanText } from '#packages/money';
import { SimulationAnswer, SimulationRequest } from '#services/fund/contract';
import { verifyJournal } from '../../services/fund/ledger/verify-journal.mjs';
import { tellSimulation } from '../../services/fund/tell-simulation.ts';
import type { TokenOf } from './people.ts';

type Log = (line: string) => void;

const fundId = 'xinyang';
export const fundPath = `/v1/funds/${fundId}`;

/** Numbers of the kind that such programmes have; the city sets its own. */
const sharing = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall: 'city-covers' } },
    { id: 'insurer-a', kind: 'private', shareBps: 2_000 },
  ],
  eligiblePerEnterpriseFen: 500_000_000,
  minIpPartBps: 5_000,
  allLevelsCeilingBps: 8_000,
  recoveryOrder: 'principal-first',
};
const programme = { ...sharing, leverage: 10, rateCeilingBps: 550, maxTermMonths: 36 };

const contributions = [
  { level: 'province', amountFen: 1_000_000_000, bankReference: 'DEMO-PROVINCE-1' },
  { level: 'city', amountFen: 2_000_000_000, bankReference: 'DEMO-CITY-1' },
  { level: 'county', divisionCode: '411502', amountFen: 300_000_000, bankReference: 'DEMO-COUNTY-411502-1' },
];

const Balances = z.looseObject({ cashFen: z.int(), availableFen: z.int() });
const Proof = z.looseObject({
  entries: z.int(),
  headHash: z.string(),
  trialBalance: z.int(),
  verified: z.boolean(),
});

/**
 * A fund is founded and its programme approved by two people; money comes in; the books prove themselves, to us and to an
 * outsider's checker; and what a loss would come to is told in words. Run again it changes nothing.
 */
export async function showFund(api: Api, tokenOf: TokenOf, log: Log): Promise<void> {
  const [admin, reviewer] = [await tokenOf('city-admin'), await tokenOf('city-reviewer')];
  const post = async (token: string, where: string, json: unknown, refusals: number[] = []) =>
    (
      await api.call(
        { method: 'POST', path: where, token, json, key: keyFor('fund', where, JSON.stringify(json)) },
        refusals,
      )
    ).body;
  await post(admin, '/v1/funds', { fundId, name: '信阳市知识产权质押融资风险补偿资金池（示例）', programme }, [409]);
  await post(reviewer, `${fundPath}/programmes/1/approvals`, {}, [409]);
  const receivedOn = addDays(legalDateOf(new Date().toISOString()), -1);
  for (const contribution of contributions) {
    await post(admin, `${fundPath}/contributions`, { ...contribution, receivedOn }, [409]);
  }
  const read = async (where: string) => (await api.call({ method: 'GET', path: where, token: admin })).body;
  const { cashFen, availableFen } = Balances.parse(await read(`${fundPath}/balances`));
  log(
    `  方案第 1 版由两人提出、批准；省、市、县出资 ${contributions.length} 笔，专户 ${yuanText(BigInt(cashFen))} 元，可用 ${yuanText(BigInt(availableFen))} 元`,
  );
  const { headHash, told: proof } = await provenBooks(api, admin);
  log(`  ${proof}`);
  log(`  ${await checkedByOutsider(api, admin, headHash)}`);
  for (const line of await told(post, admin)) log(`  ${line}`);
}

/** The fund's own proof of its books. @throws where it fails */
export async function provenBooks(api: Api, token: string): Promise<{ headHash: string; told: string }> {
  const proof = Proof.parse((await api.call({ method: 'GET', path: `${fundPath}/proof`, token })).body);
  if (!proof.verified) throw new Error('账簿自证未通过');
  const { entries, trialBalance, headHash } = proof;
  return {
    headHash,
    told: `账簿自证：${entries} 条分录逐条重算，借贷差 ${trialBalance}，链尾 ${headHash.slice(0, 16)}…`,
  };
}

/** The journal as anybody may have it, checked by the program for outsiders, which shares no code with the ledger. */
export async function checkedByOutsider(api: Api, token: string, headHash: string): Promise<string> {
  const { body } = await api.call({ method: 'GET', path: `${fundPath}/journal-export`, token });
  const { problems, entries } = verifyJournal(String(body), { head: headHash });
  if (problems.length > 0) throw new Error(`独立核验：${problems.join('；')}`);
  return `独立核验（node services/fund/ledger/verify-journal.mjs 账簿.jsonl --head …）：${entries} 条，无异议`;
}

/** A loan of 300 万元 fails, something is recovered. */
async function told(post: (token: string, where: string, json: unknown) => Promise<unknown>, token: string) {
  const request = {
    programme: sharing,
    case: { outstandingFen: 300_000_000, annualRateBps: 450 },
    events: [{ type: 'recovery', grossFen: 100_000_000, costsFen: 5_000_000 }],
  };
  const answer = SimulationAnswer.parse(await post(token, '/v1/fund/simulations', request));
  return tellSimulation(SimulationRequest.parse(request), answer);
}
