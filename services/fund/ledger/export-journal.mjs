#!/usr/bin/env node
/*
 * Exports a fund's journal however long it is, page by page:
 *
 *   ZHIRONG_TOKEN=… node export-journal.mjs https://api.example.cn xinyang journal.jsonl
 *
 * Node 20 or newer; needs verify-journal.mjs beside it and nothing else. The token is a person's who may read funds. What
 * is written is what `GET …/journal-export` gives, and is held against `GET …/proof` as it was before the first page.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { canonical, summaryOf } from './verify-journal.mjs';

const pageSize = 200;
const attempts = 5;

/** An answer, asked for again while the service is busy. */
async function get(url, token) {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } });
    if (reply.ok) return reply.json();
    if (attempt === attempts || (reply.status !== 503 && reply.status !== 429)) {
      throw new Error(`${url.pathname}: ${reply.status} ${await reply.text()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
  }
}

/** @param write takes a line; answers how many entries there were */
export async function exportJournal({ api, fundId, token, write }) {
  const of = (what) => new URL(`/v1/funds/${encodeURIComponent(fundId)}/${what}`, api);
  const proof = await get(of('proof'), token);
  const entries = [];
  for (let cursor = ''; cursor !== null;) {
    const url = of('journal');
    url.searchParams.set('pageSize', String(pageSize));
    if (cursor !== '') url.searchParams.set('cursor', cursor);
    const { items, nextCursor } = await get(url, token);
    for (const entry of items) {
      // No more than was proved: what is booked meanwhile is the next export's.
      if (entries.length === proof.entries) break;
      entries.push(entry);
      await write(`${canonical(entry)}\n`);
    }
    cursor = entries.length === proof.entries ? null : nextCursor;
  }
  const last = entries.at(-1);
  if (entries.length !== proof.entries || (last !== undefined && last.hash !== proof.headHash)) {
    throw new Error(`the journal does not end where its proof does: ${entries.length} of ${proof.entries} entries`);
  }
  await write(`${canonical({ summary: summaryOf(entries, fundId) })}\n`);
  return entries.length;
}

async function main([api, fundId, file]) {
  const token = process.env.ZHIRONG_TOKEN;
  if (file === undefined || token === undefined) {
    process.stderr.write('ZHIRONG_TOKEN=… node export-journal.mjs <api> <fundId> <file>\n');
    return 2;
  }
  const out = createWriteStream(file, { flags: 'wx' });
  const write = async (line) => {
    if (!out.write(line)) await once(out, 'drain');
  };
  const count = await exportJournal({ api, fundId, token, write });
  out.end();
  await once(out, 'finish');
  process.stdout.write(`${count} entries\n`);
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
