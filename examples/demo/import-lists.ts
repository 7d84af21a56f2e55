import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { divisions } from '#packages/identifiers';
import { inParallel, keyFor, until, type Api } from '#packages/local/patient-client';
import type { TokenOf } from './people.ts';

const mediaTypes: Record<string, string> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
};

const Started = z.looseObject({ importId: z.string() });
const Import = z.looseObject({
  status: z.enum(['running', 'done', 'failed']),
  rows: z.number(),
  accepted: z.number(),
  unchanged: z.number(),
  rejected: z.array(z.unknown()),
  warnings: z.array(z.unknown()),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** The lists of a folder; a file is named after its county's division. */
export type CountyList = { divisionCode: string; county: string; file: string; extension: string };

export function countyLists(folder: string): CountyList[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const [, divisionCode = '', extension = ''] = /^(\d{6})\.(xlsx|csv)$/.exec(file) ?? [];
      const county = divisions.get(divisionCode);
      return county === undefined ? [] : [{ divisionCode, county, file: join(folder, file), extension }];
    });
}

/** Every county's clerk sends the county's list and waits until the last row is dealt with. */
export async function importLists(
  api: Api,
  tokenOf: TokenOf,
  lists: readonly CountyList[],
  log: (line: string) => void,
) {
  await inParallel(lists, 4, async ({ divisionCode, county, file, extension }) => {
    const token = await tokenOf('county-clerk', divisionCode);
    const bytes = Uint8Array.from(readFileSync(file));
    const key = keyFor(`import-${divisionCode}`, bytes);
    const upload = { bytes, mediaType: mediaTypes[extension] ?? '' };
    const { body } = await api.call({ method: 'POST', path: '/v1/enterprise-imports', token, key, file: upload });
    const { importId } = Started.parse(body);
    const result = await until(`导入${county}名单`, async () => {
      const reply = await api.call({ method: 'GET', path: `/v1/enterprise-imports/${importId}`, token });
      const state = Import.parse(reply.body);
      return state.status === 'running' ? undefined : state;
    });
    if (result.status === 'failed') throw new Error(`${county}名单未能读取：${result.error?.message ?? '原因不明'}`);
    const { rows, accepted, unchanged, rejected, warnings } = result;
    const notes = [`受理 ${accepted}`, `未变 ${unchanged}`, `退回 ${rejected.length}`, `警告 ${warnings.length}`];
    log(`  ${county}（${divisionCode}.${extension}）${rows} 行：${notes.join('，')}`);
  });
}
