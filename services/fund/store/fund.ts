import * as z from 'zod';
import { type AuditHead, sha256 } from '#packages/audit';
import { Instant, LegalDate } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { outboxWrite, padded } from '#packages/messaging/outbox';
import { absent, inPartition, type Condition, type Item, type Key, type Table, type Write } from '#packages/table';
import { FundFounded, FundProgramme, ProgrammeActivated } from '../contract.ts';
import { programmeMachine } from '../machines.ts';

/** A fund: its name, which versions of its programme hold from when, and the heads of its partition's chains. */
export const FundHead = z.object({
  fundId: z.string(),
  name: z.string(),
  /** Counts the changes; each write is conditional on the one it read. */
  revision: z.int().positive(),
  versions: z.int().positive(),
  /** How many events were told of it. */
  sequence: z.int().positive(),
  /** In the order of the approvals, which is that of their events too. */
  approved: z.array(z.object({ version: z.int().positive(), effectiveFrom: LegalDate, approvedAt: Instant })),
  /** SHA-256 (hex) of what the fund was founded with: the same said again must have the same. */
  digest: z.string(),
  createdAt: Instant,
  audit: z.object({ sequence: z.int().positive(), hash: z.string() }),
});
export type FundHead = z.output<typeof FundHead>;

export const ProgrammeItem = z.object({
  version: z.int().positive(),
  status: z.enum(programmeMachine.states),
  validFrom: LegalDate.optional(),
  effectiveFrom: LegalDate.optional(),
  /** The programme as JSON, and its digest. */
  text: z.string(),
  digest: z.string(),
  proposedAt: Instant,
  proposedBy: z.string(),
  approvedAt: Instant.optional(),
  approvedBy: z.string().optional(),
});
export type ProgrammeItem = z.output<typeof ProgrammeItem>;

const programmePrefix = 'PROGRAMME#';
export const fundsIndex = 'INDEX#FUNDS';
export const fundPk = (fundId: string) => `FUND#${fundId}`;
const fundKey = (fundId: string): Key => ({ pk: fundPk(fundId), sk: 'HEAD' });
const programmeKey = (fundId: string, version: number): Key => ({
  pk: fundPk(fundId),
  sk: `${programmePrefix}${padded(version)}`,
});

export function programmesOf(fundId: string): Condition {
  return inPartition(fundPk(fundId), programmePrefix);
}

export async function getFundHead(table: Table, fundId: string): Promise<FundHead | undefined> {
  const item = await table.get(fundKey(fundId));
  return item && FundHead.parse(item);
}

/**
 * Does something for each fund, one after another, and answers how many there are. What fails for one is done for the
 * others all the same.
 * @throws AggregateError of what failed, at the end
 */
export async function forEachFund(table: Table, run: (fundId: string) => Promise<void>): Promise<number> {
  let funds = 0;
  const failures: unknown[] = [];
  for await (const { fundId } of table.each({ condition: inPartition(fundsIndex) })) {
    funds += 1;
    try {
      await run(String(fundId));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${funds} funds`);
  return funds;
}

/** Heads of the funds that an index page names, in its order. */
export async function getFundHeads(table: Table, index: readonly Item[]): Promise<FundHead[]> {
  const ids = index.map((item) => String(item['fundId']));
  const heads = (await table.getMany(ids.map(fundKey))).map((item) => FundHead.parse(item));
  const found = new Map(heads.map((head) => [head.fundId, head]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

export async function getProgrammeItem(
  table: Table,
  fundId: string,
  version: number,
): Promise<ProgrammeItem | undefined> {
  const item = await table.get(programmeKey(fundId, version));
  return item && ProgrammeItem.parse(item);
}

const ProgrammeText = jsonText(FundProgramme);

/** What was proposed is kept with every default that it left open, so that another default never changes it. */
export function programmeText(programme: FundProgramme): { text: string; digest: string } {
  const wire = z.encode(FundProgramme, programme);
  return { text: JSON.stringify(wire), digest: sha256(wire) };
}

export function readProgramme({ text }: ProgrammeItem): FundProgramme {
  return ProgrammeText.parse(text);
}

/** A fund that nobody has founded yet, its place in the list, and the first word of it to the other services. */
export function foundWrites(head: FundHead, first: ProgrammeItem): Write[] {
  const { fundId, createdAt } = head;
  return [
    { kind: 'put', item: { ...fundKey(fundId), ...head }, condition: absent },
    { kind: 'put', item: { ...programmeKey(fundId, first.version), ...first }, condition: absent },
    { kind: 'put', item: { pk: fundsIndex, sk: `${createdAt}#${fundId}`, fundId } },
    tell(fundId, head.sequence, createdAt, 'fund.founded.v1', z.encode(FundFounded, { fundId })),
  ];
}

export function proposalWrites(before: FundHead, audit: AuditHead, proposed: ProgrammeItem): Write[] {
  return [
    putHead(before, { versions: proposed.version, audit }),
    { kind: 'put', item: { ...programmeKey(before.fundId, proposed.version), ...proposed }, condition: absent },
  ];
}

export type Approval = { approvedAt: string; approvedBy: string; effectiveFrom: string };

/** Another person's approval, its place in the line, and the word of it to the other services. */
export function approvalWrites(
  before: FundHead,
  audit: AuditHead,
  draft: ProgrammeItem,
  approved: ProgrammeItem & Approval,
): Write[] {
  const { fundId } = before;
  const { version, approvedAt, effectiveFrom, digest } = approved;
  const line = [...before.approved, { version, effectiveFrom, approvedAt }];
  const sequence = before.sequence + 1;
  const programme = readProgramme(approved);
  return [
    {
      kind: 'put',
      item: { ...programmeKey(fundId, version), ...approved },
      // Maker ≠ checker stands in the write, not only in the check before it.
      condition: {
        expression: '#status = :status AND proposedBy <> :approver',
        names: { '#status': 'status' },
        values: { ':status': draft.status, ':approver': approved.approvedBy },
      },
    },
    putHead(before, { approved: line, sequence, audit }),
    tell(
      fundId,
      sequence,
      approvedAt,
      'fund.programme.activated.v1',
      z.encode(ProgrammeActivated, { fundId, version, effectiveFrom, digest, programme }),
    ),
  ];
}

function tell(fundId: string, sequence: number, time: string, type: string, data: Record<string, unknown>): Write {
  const subject = `fund-programme/${fundId}`;
  return outboxWrite({ pk: fundPk(fundId), service: 'fund', subject, sequence, type, time, data });
}

function putHead(before: FundHead, change: Partial<FundHead>): Write {
  return {
    kind: 'put',
    item: { ...fundKey(before.fundId), ...before, ...change, revision: before.revision + 1 },
    condition: { expression: 'revision = :revision', values: { ':revision': before.revision } },
  };
}
