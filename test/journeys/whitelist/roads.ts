import { describe, expect, test } from 'vitest';
import { said } from '../conventions/http.ts';
import { farAhead, goodCredit, goodIp, newUscc, nominationOf } from '../story.ts';
import { digestOf, inOrder, type World } from './world.ts';

/** How an enterprise comes onto the list, and off it. */
export function roads(world: World): void {
  describe('an enterprise on its way to the list', () => {
    let uscc: string;

    test('is nominated once, however often it is said', async () => {
      uscc = newUscc();
      const clerk = world.city.operator('county-clerk-411502');
      const first = await world.city.post('/v1/enterprises', clerk, nominationOf(uscc));
      const again = await world.city.post('/v1/enterprises', clerk, nominationOf(uscc));
      expect([said(first), said(again)]).toEqual(['201', '201']);
      expect(again.body).toEqual(first.body);
      for (const name of ['location', 'idempotency-replayed']) {
        expect(again.headers.get(name)).toBe(name === 'location' ? `/v1/enterprises/${uscc}` : 'true');
      }
      const otherwise = nominationOf(uscc, { sizeClass: 'micro' });
      expect(said(await world.city.post('/v1/enterprises', clerk, otherwise))).toBe('409 already_exists');
      expect(said(await world.opinion(uscc))).toBe('409 state_conflict');
    });

    test('is asked about once it has consented, and every rule says what it rests on', async () => {
      expect(await world.story.consent(uscc)).toMatchObject({ uscc, status: 'live', expiresOn: farAhead });
      await world.story.tellSources(uscc, goodCredit(), goodIp());
      const run = await world.story.run({ usccs: [uscc] });
      expect(run.counts).toEqual({ total: 1, pass: 1, review: 0, exclude: 0, stale: 0, unchanged: 0 });

      const [decision, ...others] = await world.screenings(uscc);
      expect(others).toEqual([]);
      expect(decision).toMatchObject({
        outcome: 'pass',
        runId: run.runId,
        factsDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      const policy = await world.city.get(
        `/v1/screening-policies/${decision.policyVersion}`,
        world.city.operator('enterprise-user'),
      );
      const ids = (rules: { id: string }[]) => rules.map(({ id }) => id);
      expect(ids(decision.rules)).toEqual(ids(policy.body.rules));
      const asked = ['credit', 'ip'] as const;
      const records = await Promise.all(
        asked.map(async (source) => {
          const { recordId, observedAt } = (await (
            await fetch(`${world.city.cloud.sources[source].url}/enterprises/${uscc}`)
          ).json()) as any;
          return { source, recordId, observedAt };
        }),
      );
      for (const rule of decision.rules) {
        expect(rule).toMatchObject({ outcome: 'pass', reason: expect.stringMatching(/\p{Script=Han}/u) });
        expect(rule.evidence).not.toEqual([]);
      }
      const evidence = decision.rules
        .flatMap((rule: any) => rule.evidence)
        .filter(({ source }: any) => source !== 'nomination');
      expect(new Set(evidence.map((one: any) => JSON.stringify(one)))).toEqual(
        new Set(records.map((one) => JSON.stringify(one))),
      );

      const again = await world.story.run({ usccs: [uscc, newUscc()] });
      expect(again.counts).toEqual({ total: 1, pass: 1, review: 0, exclude: 0, stale: 0, unchanged: 1 });
      expect(await world.screenings(uscc)).toHaveLength(1);
    });

    test('is proposed by one person and published by another', async () => {
      expect(await world.story.opine(uscc)).toMatchObject({ opinion: 'recommend' });
      const proposal = await world.propose();
      expect([said(proposal), proposal.headers.get('location')]).toEqual(['201', '/v1/whitelist-versions/1']);
      expect(proposal.body).toMatchObject({ version: 1, status: 'proposed', entries: 1, leftOut: [] });
      expect(said(await world.propose('city-reviewer-2'))).toBe('409 state_conflict');
      expect(await world.listed()).toEqual([]);
      expect(said(await world.entry(uscc))).toBe('404 not_found');

      const approvals = '/v1/whitelist-versions/1/approvals';
      const himself = await world.city.cloud.issueToken({ sub: 'city-reviewer', role: 'city-admin' });
      expect(said(await world.city.post(approvals, himself))).toBe('409 second_person_required');
      for (const version of ['2', '0', 'one', '1.0']) {
        const path = `/v1/whitelist-versions/${version}/approvals`;
        expect([version, said(await world.city.post(path, world.city.operator('city-admin')))]).toEqual([
          version,
          '404 not_found',
        ]);
      }
      expect(await world.listed()).toEqual([]);

      const published = await world.city.post(approvals, world.city.operator('city-admin'));
      expect(said(published)).toBe('200');
      const { digest, publishedOn } = published.body;
      expect(published.body).toMatchObject({
        version: 1,
        status: 'published',
        entries: 1,
        digest: proposal.body.digest,
      });
      const entries = await world.story.whitelist();
      expect(entries).toEqual([
        {
          uscc,
          name: nominationOf(uscc).name,
          status: 'listed',
          disputed: false,
          listedOn: publishedOn,
          validUntil: expect.any(String),
          version: 1,
        },
      ]);
      expect(digestOf(entries)).toBe(digest);
      expect((await world.entry(uscc)).body).toEqual(entries[0]);
      expect(said(await world.city.post(approvals, world.city.operator('city-admin-2')))).toBe('409 state_conflict');
      expect((await world.city.get('/v1/whitelist-versions/1', world.city.operator('auditor'))).body).toEqual(
        published.body,
      );
      await world.story.drained();
      expect(await world.story.view(uscc)).toMatchObject({
        state: 'listed',
        listing: { status: 'listed', version: 1 },
      });
    });
  });

  describe('a county and the city', () => {
    test('decide about each outcome as they may', async () => {
      const [passed, rejected, excluded, confirmed, unconfirmed, held, moved] = await Promise.all(
        Array.from({ length: 7 }, () => world.story.enterprise()),
      );
      await world.story.tellSource('credit', excluded!, goodCredit({ taxGrade: 'D' }));
      for (const uscc of [confirmed!, unconfirmed!])
        await world.story.tellSource('credit', uscc, goodCredit({ taxGrade: 'C' }));
      const all = [passed!, rejected!, excluded!, confirmed!, unconfirmed!, held!, moved!];
      expect(await world.story.screen(...all)).toEqual(['pass', 'pass', 'exclude', 'review', 'review', 'pass', 'pass']);

      expect(said(await world.opinion(excluded!))).toBe('409 state_conflict');
      for (const uscc of [passed!, confirmed!, unconfirmed!, held!, moved!]) await world.story.opine(uscc);
      await world.story.opine(rejected!, 'reject');
      // Recommended as a pass, it now needs a look: the county is asked anew.
      await world.story.tellSource('credit', moved!, goodCredit({ taxGrade: 'C' }));
      expect(await world.story.screen(moved!)).toEqual(['review']);

      const reason = '市级核实';
      const named = {
        confirm: [confirmed!, moved!, excluded!, newUscc()].map((uscc) => ({ uscc, reason })),
        hold: [{ uscc: held!, reason }],
      };
      const before = await world.listed();
      const second = await world.story.propose(named);
      expect(second.leftOut.map(({ uscc }: any) => uscc)).toEqual(named.confirm.slice(1).map(({ uscc }) => uscc));
      expect(second.entries).toBe(before.length + 2);
      const published = await world.story.approve(second.version);
      expect(await world.listed()).toEqual([...before, passed!, confirmed!].toSorted(inOrder));
      expect(digestOf(await world.story.whitelist())).toBe(published.digest);
      await world.story.drained();

      await world.story.opine(moved!);
      await world.story.publish({ confirm: [{ uscc: moved!, reason }] });
      expect(await world.listed()).toEqual([...before, passed!, confirmed!, held!, moved!].toSorted(inOrder));
    });

    test('get one open proposal and one approval, however many try at once', async () => {
      const proposals = await Promise.all(['city-reviewer', 'city-reviewer-2', 'city-reviewer'].map(world.propose));
      expect(proposals.map(said).toSorted(inOrder)).toEqual(['201', '409 state_conflict', '409 state_conflict']);
      const { version } = proposals.find(({ status }) => status === 201)!.body;
      const approve = (name: string) =>
        world.city.post(`/v1/whitelist-versions/${version}/approvals`, world.city.operator(name));
      const approvals = await Promise.all(['city-admin', 'city-admin-2', 'city-admin'].map(approve));
      expect(approvals.map(said).toSorted(inOrder)).toEqual(['200', '409 state_conflict', '409 state_conflict']);
      await world.story.drained();
    });

    test('an entry stays through a source that fails, and leaves with an exclusion', async () => {
      const [stays, leaves] = [await world.story.enterprise(), await world.story.enterprise()];
      await world.story.screen(stays, leaves);
      await Promise.all([world.story.opine(stays), world.story.opine(leaves)]);
      await world.story.publish();
      const { body: first } = await world.entry(stays);
      await world.story.fault('credit', '500');
      expect(await world.story.screen(stays)).toEqual(['stale']);
      await world.story.fault('credit', 'none');
      await world.story.tellSource(
        'credit',
        leaves,
        goodCredit({ lists: [{ kind: 'dishonest-debtor', listedOn: '2026-01-05' }] }),
      );
      expect(await world.story.screen(leaves)).toEqual(['exclude']);
      const { version } = await world.story.publish();
      expect((await world.entry(stays)).body).toEqual({ ...first, version });
      expect((await world.entry(leaves)).body).toMatchObject({ status: 'removed' });
      expect(await world.listed()).not.toContain(leaves);
    });
  });

  test('a withdrawn consent takes the enterprise off the list at once, and its facts with it', async () => {
    const uscc = await world.story.enterprise();
    await world.story.screen(uscc);
    await world.story.opine(uscc);
    await world.story.publish();
    expect(await world.listed()).toContain(uscc);
    expect(await world.factsOf(uscc)).toHaveLength(2);

    const path = `/v1/enterprises/${uscc}/consent`;
    const clerk = world.city.operator('county-clerk-411502');
    expect(said(await world.city.call('DELETE', path, { token: clerk }))).toBe('204');
    expect(await world.listed()).not.toContain(uscc);
    expect((await world.entry(uscc)).body).toMatchObject({ uscc, status: 'removed' });
    expect((await world.story.whitelist('removed')).map((one) => one.uscc)).toContain(uscc);
    expect(await world.factsOf(uscc)).toEqual([]);
    expect(await world.story.view(uscc)).toMatchObject({
      consent: { status: 'withdrawn' },
      listing: { status: 'removed' },
    });
    expect(said(await world.city.call('DELETE', path, { token: clerk }))).toBe('204');
    await world.story.drained();

    const version = await world.story.publish();
    expect(await world.listed()).not.toContain(uscc);
    expect(digestOf(await world.story.whitelist())).toBe(version.digest);
    expect(await world.story.screen(uscc)).toEqual(['stale']);
    expect(await world.factsOf(uscc)).toEqual([]);

    await world.story.consent(uscc);
    expect(await world.story.screen(uscc)).toEqual(['pass']);
    await world.story.opine(uscc);
    await world.story.publish();
    expect((await world.entry(uscc)).body).toMatchObject({ status: 'listed' });
  });
}
