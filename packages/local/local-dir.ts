import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** What the local cloud keeps in its folder (`LOCAL_DIR`). Whatever else lies there is somebody else's. */
export type LocalDir = {
  root: string;
  credentials: string;
  engines: string;
  logs: string;
  assemblies: string;
  secrets: string;
  issuer: string;
  /** Keys of the organisations there are from the start. */
  partners: string;
  sources: string;
  /** Where stream triggers have come to. */
  triggers: string;
  /** Gives the folder free for the next one. */
  release(): void;
};

const names = {
  credentials: 'credentials.json',
  engines: 'engines',
  logs: 'logs',
  assemblies: 'assemblies',
  secrets: 'secrets.json',
  issuer: 'issuer.json',
  partners: 'partners.json',
  sources: 'sources',
  triggers: 'triggers',
};
const lockName = 'lock';

/** Another local cloud runs on the folder. */
export class FolderInUse extends Error {}

const Running = z.looseObject({ baseUrl: z.string() });

/**
 * Opens the folder for one local cloud alone; throws `FolderInUse` while another has it. The lock is the operating
 * system's on an open file, so it ends with the process, however that ends. `fresh` removes what earlier runs made.
 */
export function openLocalDir(dir: string, fresh: boolean): LocalDir {
  const root = resolve(dir);
  mkdirSync(root, { recursive: true });
  const lockFile = join(root, lockName);
  const lock = new DatabaseSync(lockFile);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new FolderInUse(`${root} 已有一个本地系统在运行${whereIs(root)}。A local cloud already runs on this folder.`);
  }
  const path = (name: string) => join(root, name);
  if (fresh) for (const name of Object.values(names)) rmSync(path(name), { recursive: true, force: true });
  return {
    root,
    credentials: path(names.credentials),
    engines: path(names.engines),
    logs: path(names.logs),
    assemblies: path(names.assemblies),
    secrets: path(names.secrets),
    issuer: path(names.issuer),
    partners: path(names.partners),
    sources: path(names.sources),
    triggers: path(names.triggers),
    release() {
      lock.close();
      rmSync(lockFile, { force: true });
    },
  };
}

/** Where the other one answers, as far as its credentials say. */
function whereIs(root: string): string {
  const file = join(root, names.credentials);
  if (!existsSync(file)) return '';
  const running = Running.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return running.success ? `（${running.data.baseUrl}）` : '';
}
