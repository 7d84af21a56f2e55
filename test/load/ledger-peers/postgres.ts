import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/*
 * A plain double-entry schema in PostgreSQL, driven by its own pgbench: one function call a posting, or so many postings
 * a call; the account's row is locked to its commit. Measured only where a server is installed.
 */

const schema = `
CREATE TABLE account (fund text, code text, balance bigint NOT NULL, PRIMARY KEY (fund, code));
CREATE TABLE posting (fund text, id text, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (fund, id));
CREATE TABLE line (fund text, id text, code text, fen bigint NOT NULL, PRIMARY KEY (fund, id, code));
INSERT INTO account SELECT 'f' || n, code, 0 FROM generate_series(0, 999) n, (VALUES ('9001'), ('9002')) c (code);
CREATE FUNCTION post(f text, ids text[], amount bigint, cap bigint, wait float) RETURNS int LANGUAGE plpgsql AS $$
DECLARE fresh int;
BEGIN
  WITH p AS (INSERT INTO posting (fund, id) SELECT f, unnest(ids) ON CONFLICT DO NOTHING RETURNING id),
       l AS (INSERT INTO line SELECT f, p.id, c.code, c.sign * amount FROM p, (VALUES ('9001', 1), ('9002', -1)) c (code, sign))
  SELECT count(*) INTO fresh FROM p;
  UPDATE account SET balance = balance + fresh * amount WHERE fund = f AND code = '9001' AND balance + fresh * amount <= cap;
  IF NOT FOUND THEN RAISE EXCEPTION 'cap'; END IF;
  UPDATE account SET balance = balance - fresh * amount WHERE fund = f AND code = '9002';
  IF wait > 0 THEN PERFORM pg_sleep(wait); END IF;
  RETURN fresh;
END $$;
CREATE SEQUENCE loan;
`;

export type Postgres = {
  /** Postings a second. `replicated` adds the 2 ms that a commit waits for a second machine, the row locked meanwhile. */
  measure(cell: {
    funds: number;
    callers: number;
    batch: number;
    replicated: boolean;
    seconds: number;
  }): Promise<number>;
  version: string;
  stop(): Promise<void>;
};

const run = promisify(execFile);

/** A server of its own in a new folder; undefined where none is installed. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const bin = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1);
  if (bin === undefined || !existsSync(join(bin, 'postgres'))) return undefined;
  // It refuses to run as root: where we are, it runs as the user that its package made.
  const user: { uid?: number; gid?: number } | undefined = process.getuid?.() === 0 ? await postgresUser() : {};
  if (user === undefined) return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'zhirong-pg-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const port = await freePort();
  await run(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '--no-instructions'], user);
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${dir}`,
    'shared_buffers=512MB',
    'max_connections=100',
  ];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...user,
    stdio: 'ignore',
  });
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench'];
  const stop = async () => {
    server.kill('SIGINT');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    for (let attempt = 0; ; attempt += 1) {
      const ready = await run(join(bin, 'pg_isready'), address).then(
        () => true,
        () => false,
      );
      if (ready) break;
      if (attempt === 100) throw new Error('PostgreSQL does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    writeFileSync(join(dir, 'schema.sql'), schema);
    await run(join(bin, 'psql'), [
      ...address,
      '-d',
      'postgres',
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-f',
      join(dir, 'schema.sql'),
    ]);
    const { stdout } = await run(join(bin, 'postgres'), ['--version']);
    return {
      version: /[0-9.]+/.exec(stdout)?.[0] ?? '',
      stop,
      async measure({ funds, callers, batch, replicated, seconds }) {
        const ids = `(SELECT array_agg('l' || nextval('loan')) FROM generate_series(1, ${batch}))`;
        const fund = funds === 1 ? `'f0'` : `'f' || :fund`;
        const script = `\\set fund random(0, ${funds - 1})\nSELECT post(${fund}, ${ids}, 1, 9000000000000000, ${replicated ? 0.002 : 0});\n`;
        writeFileSync(join(dir, 'bench.sql'), script);
        const load = [
          '-n',
          '-M',
          'prepared',
          '-c',
          String(callers),
          '-j',
          '2',
          '-T',
          String(seconds),
          '-f',
          join(dir, 'bench.sql'),
        ];
        const bench = await run(join(bin, 'pgbench'), [...address, ...load, 'postgres']);
        return Number(/tps = ([0-9.]+)/.exec(bench.stdout)?.[1]) * batch;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function postgresUser(): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
