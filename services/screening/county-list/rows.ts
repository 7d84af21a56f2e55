import { checkUscc, divisions, usccMessage } from '#packages/identifiers';
import { parkOf } from '#packages/parks';
import { allBanks } from '#packages/roles';
import { ConsentGrant, consentPurposes, Nomination } from '../nomination.ts';
import { type ColumnKey, columns, type ListValues, type RowNote, sizeWords } from './columns.ts';

/** A row as it was written; `shifted` where it has more cells than the headers, so that none can be trusted. */
export type ListRow = { row: number; values: ListValues; shifted?: true };

/** Whose list it is: a county may only name its own division, a park its own park. */
export type ListScope = { divisionCode?: string; parkId?: string };

/** A row that was taken. */
export type AcceptedRow = { row: number; nomination: Nomination; consent?: ConsentGrant };

export type ListReading = { accepted: AcceptedRow[]; rejected: RowNote[]; warnings: RowNote[] };

/**
 * Takes or rejects each row on its own; a rejected row has exactly one note. The second and later occurrence of a code
 * is rejected whatever became of the first, so that the county decides which of them it meant.
 */
export function judgeRows(rows: readonly ListRow[], scope: ListScope): ListReading {
  const reading: ListReading = { accepted: [], rejected: [], warnings: [] };
  const seen = new Map<string, number>();
  for (const { row, values, shifted } of rows) {
    const refusal = shifted ? shiftedNote : (refuseCode(values, seen) ?? refuseScope(values, scope));
    const entry = refusal === undefined ? entryOf(values, scope) : refusal;
    if (values.uscc !== undefined && !seen.has(values.uscc)) seen.set(values.uscc, row);
    if ('code' in entry) {
      reading.rejected.push({ row, ...entry });
    } else {
      reading.accepted.push({ row, ...entry });
      reading.warnings.push(...warningsOf(entry.nomination).map((warning) => ({ row, ...warning })));
    }
  }
  return reading;
}

type Note = Omit<RowNote, 'row'>;

const shiftedNote: Note = { code: 'value_malformed', message: '列数多于表头；含逗号的内容应加英文双引号' };

/** What is wrong with the key of the row. */
function refuseCode({ uscc }: ListValues, seen: ReadonlyMap<string, number>): Note | undefined {
  if (uscc?.startsWith('=')) return malformed([formulaMessage('uscc')]);
  if (uscc === undefined) return { code: 'uscc_malformed', message: '缺少统一社会信用代码' };
  if (checkUscc(uscc).kind === 'malformed') {
    // A spreadsheet keeps 15 digits of a number; the rest of an all-digit code is lost, not hidden.
    const asNumber = /^[0-9.]+E\+?[0-9]+$/i.test(uscc);
    const message = asNumber ? '统一社会信用代码被存成了数字，末几位已丢失；请把该列设为文本后重填' : usccMessage(uscc);
    return { code: 'uscc_malformed', message };
  }
  const first = seen.get(uscc);
  return first === undefined ? undefined : { code: 'duplicate_in_file', message: `与第 ${first} 行重复：${uscc}` };
}

/** Whether the row is the caller's to nominate. A malformed division is left to the value check. */
function refuseScope({ divisionCode, parkId }: ListValues, scope: ListScope): Note | undefined {
  if (scope.divisionCode !== undefined && divisionCode !== scope.divisionCode && isSixDigits(divisionCode)) {
    const message = `行政区划 ${placeName(divisionCode)} 不是本账号所属的 ${placeName(scope.divisionCode)}`;
    return { code: 'division_foreign', message };
  }
  if (scope.parkId !== undefined && parkId !== undefined && parkId !== scope.parkId && !parkId.startsWith('=')) {
    return { code: 'division_foreign', message: `园区 ${clip(parkId)} 不是本账号所属的 ${scope.parkId}` };
  }
  return undefined;
}

/** The typed row, or all that is wrong with its values. A park's list may leave its own park out. */
function entryOf(values: ListValues, scope: ListScope): Omit<AcceptedRow, 'row'> | Note {
  const formulas = columns.filter(({ key }) => values[key]?.startsWith('='));
  if (formulas.length > 0) return malformed(formulas.map(({ key }) => formulaMessage(key)));
  const missing = columns.filter(({ key, required }) => required && values[key] === undefined);
  if (missing.length > 0) return malformed(missing.map(({ header }) => `缺少「${header}」`));

  const { grantedOn, expiresOn, evidenceDigest, sizeClass = '', ...plain } = values;
  const nomination = Nomination.safeParse({
    ...(scope.parkId !== undefined && { parkId: scope.parkId }),
    ...plain,
    sizeClass: sizeOf(sizeClass),
  });
  const consent = consentOf({ grantedOn, expiresOn, evidenceDigest });
  const messages = [...messagesOf(nomination.error?.issues ?? []), ...consent.messages];
  if (!nomination.success || messages.length > 0) return malformed(messages);
  return { nomination: nomination.data, ...(consent.grant && { consent: consent.grant }) };
}

type ConsentValues = Record<'grantedOn' | 'expiresOn' | 'evidenceDigest', string | undefined>;

/** A list's consent is for both purposes and all banks. */
function consentOf(values: ConsentValues): { grant?: ConsentGrant; messages: string[] } {
  const given = Object.values(values).filter((value) => value !== undefined).length;
  if (given === 0) return { messages: [] };
  if (given < 3) return { messages: ['「授权日期」「授权到期日」「授权文件摘要」应同时填写或同时留空'] };
  const grant = ConsentGrant.safeParse({ purposes: [...consentPurposes], recipients: [allBanks], ...values });
  return grant.success ? { grant: grant.data, messages: [] } : { messages: messagesOf(grant.error.issues) };
}

type Issue = { path: readonly PropertyKey[]; message: string };

/** One sentence for each column, in the words of the schema that the API uses too. */
function messagesOf(issues: readonly Issue[]): string[] {
  const byColumn = new Map<string, string>();
  for (const { path, message } of issues) {
    const header = columns.find(({ key }) => key === path[0])?.header ?? '';
    if (!byColumn.has(header)) byColumn.set(header, `「${header}」${path[0] === 'sizeClass' ? sizeMessage : message}`);
  }
  return [...byColumn.values()];
}

const sizeMessage = `应为 ${Object.keys(sizeWords).join('、')}之一`;

function sizeOf(word: string): string | undefined {
  return Object.entries(sizeWords).find(([known]) => known === word)?.[1];
}

/** What the county should look at although the row was taken. */
function warningsOf({ uscc, parkId }: Nomination): Note[] {
  const notes: Note[] = [];
  const check = checkUscc(uscc);
  if (check.kind === 'warning') {
    const message = `${uscc} 的校验位与规则不符（按规则应为 ${check.expected}），已接收，请核对营业执照`;
    notes.push({ code: 'uscc_check_digit', message });
  }
  if (parkId !== undefined && parkOf(parkId) === undefined) {
    notes.push({ code: 'park_unknown', message: `园区编号 ${parkId} 不在园区表中，已接收，请核对` });
  }
  return notes;
}

function malformed(messages: readonly string[]): Note {
  return { code: 'value_malformed', message: messages.join('；') };
}

function formulaMessage(key: ColumnKey): string {
  return `「${columns.find((column) => column.key === key)?.header}」是公式或错误值，请粘贴为数值`;
}

function isSixDigits(code: string | undefined): code is string {
  return code !== undefined && /^[0-9]{6}$/.test(code);
}

function placeName(code: string): string {
  return `${code} ${divisions.get(code) ?? ''}`.trim();
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
