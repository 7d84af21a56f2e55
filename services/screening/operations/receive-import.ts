import { actorOf } from '#packages/audit';
import { createHash } from 'node:crypto';
import { type Belongs, mayReach } from '#packages/access';
import { commit } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { importMachine } from '../machines.ts';
import {
  errorsKey,
  fileKey,
  getImport as readImportHead,
  type ImportHead,
  readImport,
  receiveWrites,
} from '../store/import.ts';
import { type Deps } from './context.ts';

/** Takes a county's list in: the file as it is goes to the bucket, reading it is the worker's. */
export function importEnterprises({ table, files, newId }: Deps): Operation<typeof routes.importEnterprises> {
  return async (call) => {
    const { caller, file, now } = call;
    if (caller.kind !== 'person') return refused('forbidden');
    const { divisionCode, parkId } = caller;
    const scope =
      caller.role === 'park-manager'
        ? { ...(parkId !== undefined && { parkId }) }
        : { ...(divisionCode !== undefined && { divisionCode }) };
    if (Object.keys(scope).length === 0) return refused('forbidden', '令牌未注明所属县区或园区');
    const importId = newId('import');
    // A file whose import was never recorded is an orphan that nothing refers to; the bucket's lifecycle clears it.
    await files.put(fileKey(importId), file.bytes, file.mediaType);
    const { type: _type, ...receivedFrom } = actorOf(caller);
    const head: ImportHead = {
      importId,
      status: importMachine.initial,
      mediaType: file.mediaType,
      digest: createHash('sha256').update(file.bytes).digest('hex'),
      receivedAt: now.toISOString(),
      scope,
      receivedFrom,
      rows: 0,
      chunks: 0,
      findings: false,
      rejects: false,
    };
    const outcome = done({ importId }, `/v1/enterprise-imports/${importId}`);
    await commit(table, receiveWrites(head, now), call.receipt, outcome);
    return outcome;
  };
}

export function getImport({ table, files }: Deps): Operation<typeof routes.getImport> {
  return async ({ params, caller }) => {
    const found = await readImport(table, files, params.importId);
    if (found === undefined || !mayReach(caller, placeOf(found.head))) return refused('not_found');
    return done(found.view);
  };
}

/** The rows that were rejected, as a workbook that can be corrected and sent again. */
export function getImportErrors({ table, files }: Deps): Operation<typeof routes.getImportErrors> {
  return async ({ params, caller }) => {
    const head = await readImportHead(table, params.importId);
    if (head === undefined || !mayReach(caller, placeOf(head))) return refused('not_found');
    if (!head.rejects) return refused('not_found', '没有退回的行');
    const content = await files.get(errorsKey(head.importId));
    return done({ content, headers: { 'content-disposition': `attachment; filename="${head.importId}-errors.xlsx"` } });
  };
}

/** A list belongs to whoever sent it: another county's reads like none. */
function placeOf({ scope: { divisionCode, parkId } }: ImportHead): Belongs {
  return {
    ...(divisionCode !== undefined && { divisions: [divisionCode] }),
    ...(parkId !== undefined && { parks: [parkId] }),
  };
}
