import * as z from 'zod';
import { inParallel, type Api } from '#packages/local/patient-client';
import type { TokenOf } from './people.ts';

/** What the demo reads of an enterprise; the API says more. */
const Enterprise = z.looseObject({
  uscc: z.string(),
  divisionCode: z.string(),
  screening: z
    .looseObject({
      screeningId: z.string(),
      outcome: z.enum(['pass', 'review', 'exclude', 'stale']),
      reasons: z.array(z.string()),
    })
    .optional(),
  opinions: z.array(z.looseObject({ screeningId: z.string(), opinion: z.string() })),
  listing: z.looseObject({ status: z.string() }).optional(),
});
export type Enterprise = z.output<typeof Enterprise>;

const Version = z.looseObject({ version: z.number(), status: z.string(), entries: z.number(), digest: z.string() });
export type Version = z.output<typeof Version>;

/** The enterprises that each county nominated; one that two nominated is in both lists. */
export async function enterprisesByCounty(
  api: Api,
  tokenOf: TokenOf,
  codes: readonly string[],
): Promise<Map<string, Enterprise[]>> {
  const token = await tokenOf('city-reviewer');
  const lists = await inParallel(codes, 4, async (code): Promise<[string, Enterprise[]]> => {
    const items = await everyPage(api, `/v1/enterprises?divisionCode=${code}&pageSize=200`, token);
    const enterprises = items.map((item) => Enterprise.parse(item));
    return [code, enterprises.toSorted((a, b) => (a.uscc < b.uscc ? -1 : 1))];
  });
  return new Map(lists);
}

/** How many entries are listed now. */
export async function countListed(api: Api, token: string): Promise<number> {
  return (await everyPage(api, '/v1/whitelist?status=listed&pageSize=200', token)).length;
}

const Page = z.looseObject({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

export async function everyPage(api: Api, path: string, token: string): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | null = '';
  const joint = path.includes('?') ? '&' : '?';
  while (cursor !== null) {
    const at = cursor === '' ? '' : `${joint}cursor=${encodeURIComponent(cursor)}`;
    const page: z.output<typeof Page> = Page.parse((await api.call({ method: 'GET', path: path + at, token })).body);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** The newest version of the whitelist, proposed or published; none before the first proposal. */
export async function latestVersion(api: Api, tokenOf: TokenOf): Promise<Version | undefined> {
  const token = await tokenOf('city-reviewer');
  let latest: Version | undefined;
  for (let number = 1; ; number += 1) {
    const reply = await api.call({ method: 'GET', path: `/v1/whitelist-versions/${number}`, token }, [404]);
    if (reply.status === 404) return latest;
    latest = Version.parse(reply.body);
  }
}

export function readVersion(body: unknown): Version {
  return Version.parse(body);
}
