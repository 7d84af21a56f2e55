import { randomBytes } from 'node:crypto';
import { callerId, isAnother } from '#packages/access';
import { actorOf } from '#packages/audit';
import { addDays, endOfDay, todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Call, Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import { verifyBytes } from '#packages/signature/algorithms';
import { acceptKey, fingerprint, type KeyRefusal, publicKeyOf } from '#packages/signature/keys';
import type { Write } from '#packages/table';
import type { PartnerKey } from '../contract/schemas.ts';
import type { routes } from '../contract.ts';
import { keyMachine } from '../machines.ts';
import { keyPolicy } from '../policy.ts';
import { fingerprintWrite, partnerWrites, type StoredKey, type StoredPartner } from '../store/partner.ts';
import { keyStateAt, keyView } from '../view.ts';
import { type Deps, reachedPartner } from './context.ts';

const hourMs = 3_600_000;

const refusalWords: Record<KeyRefusal, string> = {
  unreadable: '不能读出公钥：应为 PEM 格式的 SPKI 或 X.509 证书，且为唯一的标准编码',
  not_public: '这是私钥。请立即弃用它，重新生成，只提交公钥',
  algorithm: '算法不在允许之列：ed25519、P-256、RSA（3072 至 4096 位）、SM2',
  rsa_too_short: 'RSA 不得短于 3072 位',
  rsa_too_long: 'RSA 不得长于 4096 位',
  rsa_exponent: 'RSA 公钥指数应为 65537',
  curve: '椭圆曲线应为 P-256（或 SM2），且为未压缩的点',
  small_order: '该公钥是低阶点，任何人都能伪造其签名',
};

/** What the key is to sign, so that nobody registers a key that is not theirs. It is no message of any other kind. */
export function challengeText(partnerId: string, keyid: string, challenge: string): string {
  return `ippf-key-proof\n${partnerId}\n${keyid}\n${challenge}`;
}

export function submitKey({ table, keyEnvironment }: Deps): Operation<typeof routes.submitKey> {
  return async (call) =>
    untilSettled(async () => {
      const { body, caller, now } = call;
      const held = await reachedPartner(table, caller, call.params.partnerId);
      if (held === undefined) return refused('not_found');
      const { state: partner } = held;
      const accepted = acceptKey(body.publicKeyPem);
      if (accepted.kind === 'refused') {
        const message = refusalWords[accepted.reason];
        return refused('key_refused', message, [{ pointer: '/publicKeyPem', code: accepted.reason, message }]);
      }
      const today = todayOf(now);
      const latest = addDays(today, keyPolicy.maxDays);
      const validUntil = body.validUntil ?? latest;
      if (validUntil <= today || validUntil > latest) {
        const message = `应在明日至 ${latest} 之间（至多 ${keyPolicy.maxDays} 天）`;
        return refused('key_refused', message, [{ pointer: '/validUntil', code: 'out_of_range', message }]);
      }
      const onRecord = withRoom(partner.keys);
      if (onRecord.length >= keyPolicy.maxOnRecord) {
        return refused('state_conflict', '密钥记录已满：请先吊销未获批准的密钥');
      }

      const sha256 = fingerprint(accepted.key);
      const numbered = nextNumber(partner, today);
      const keyid = keyIdOf(partner, keyEnvironment, numbered);
      const key: StoredKey = {
        keyid,
        alg: accepted.key.alg,
        state: keyMachine.initial,
        publicKeyPem: pemOf(accepted.key.spki),
        fingerprints: { sha256, sm3: fingerprint(accepted.key, 'sm3') },
        notAfter: endOfDay(validUntil),
        submittedAt: now.toISOString(),
        submittedBy: callerId(caller),
        overlapDays: body.overlapDays ?? keyPolicy.overlapDays.default,
        ...newChallenge(partner.partnerId, keyid, now),
        noticed: [],
      };
      const outcome = done(keyView(key, now), `/v1/partners/${partner.partnerId}/keys/${keyid}`);
      const state = { ...partner, keys: [...onRecord, key], numbered };
      const change = { state, audit: auditOf(call, 'submit', key) };
      const fresh: Write[] = [fingerprintWrite(sha256, keyid), ...partnerWrites(held, change, call)];
      const proof = call.receipt(outcome);
      const written = await table.transact([...fresh, ...proof]);
      if (written.kind === 'written') return outcome;
      if (written.steps.includes(0)) return refused('key_taken');
      return 'moved';
    });
}

/** A proof that comes too late is answered by a new challenge, in the key as it is shown. */
export function proveKey(deps: Deps): Operation<typeof routes.proveKey> {
  return (call) =>
    changedKey(deps, call, 'prove', (key, partner) => {
      const state = keyMachine.next(key.state, 'prove');
      if (state === undefined || key.challenge === undefined) return refused('state_conflict', '该密钥不在待证明状态');
      const { challenge, challengeExpiresAt = '', ...rest } = key;
      if (challengeExpiresAt <= call.now.toISOString()) {
        return { ...key, ...newChallenge(partner.partnerId, key.keyid, call.now) };
      }
      const holds = verifyBytes(
        publicKeyOf(key.publicKeyPem),
        Buffer.from(challenge),
        Buffer.from(call.body.signature, 'base64'),
      );
      return holds ? { ...rest, state } : refused('proof_invalid', '请以该密钥对 challenge 的原文（UTF-8）签名');
    });
}

/** The second person says the fingerprint that the partner read out: a key put in on the way would have another. */
export function approveKey(deps: Deps): Operation<typeof routes.approveKey> {
  return (call) =>
    changedKey(
      deps,
      call,
      'approve',
      (key, partner) => {
        const state = keyMachine.next(key.state, 'approve');
        if (state === undefined) return refused('state_conflict', '该密钥尚未证明持有，或已批准');
        if (key.notAfter <= call.now.toISOString()) return refused('state_conflict', '该密钥已过有效期，请重新提交');
        if (partner.status !== 'active') return refused('state_conflict', '机构尚未获批准，或已被暂停');
        if (!isAnother(call.caller, key.submittedBy)) return refused('second_person_required');
        if (call.body.fingerprint !== key.fingerprints.sha256) return refused('fingerprint_mismatch');
        if (live(partner, call.now).length >= keyPolicy.maxLive) {
          return refused('state_conflict', `同时有效的密钥不得超过 ${keyPolicy.maxLive} 把，请先吊销一把`);
        }
        const at = call.now.toISOString();
        return { ...key, state, notBefore: at, approvedAt: at, approvedBy: callerId(call.caller) };
      },
      // The key before goes on for the days of the overlap, so that nothing signed by it is refused overnight.
      (other, key) =>
        other.state === 'active'
          ? { ...other, state: 'retiring', notAfter: earlier(other.notAfter, after(call.now, key.overlapDays)) }
          : other,
    );
}

export function revokeKey(deps: Deps): Operation<typeof routes.revokeKey> {
  return (call) =>
    changedKey(deps, call, 'revoke', (key) => {
      const state = keyMachine.next(keyStateAt(key, call.now), 'revoke');
      if (state === undefined) return refused('state_conflict', '该密钥已吊销或已到期');
      const { challenge: _challenge, challengeExpiresAt: _until, ...rest } = key;
      return { ...rest, state, revokedAt: call.now.toISOString(), reason: call.body.reason };
    });
}

export function listKeys({ table }: Deps): Operation<typeof routes.listKeys> {
  return async ({ params, query, caller, now, position, seal }) => {
    const held = await reachedPartner(table, caller, params.partnerId);
    if (held === undefined) return refused('not_found');
    const keys = held.state.keys.toReversed();
    const from = position === undefined ? 0 : keys.findIndex(({ keyid }) => keyid === position['after']) + 1;
    const items = keys.slice(from, from + query.pageSize);
    const last = items.at(-1);
    const more = last !== undefined && from + items.length < keys.length;
    return done({
      items: items.map((key) => keyView(key, now)),
      nextCursor: more ? seal({ after: last.keyid }) : null,
    });
  };
}

type KeyCall = Pick<Call<typeof routes.revokeKey>, 'caller' | 'now' | 'requestId' | 'receipt' | 'params'>;

async function changedKey<Code extends string>(
  { table }: Deps,
  call: KeyCall,
  act: 'prove' | 'approve' | 'revoke',
  next: (key: StoredKey, partner: StoredPartner) => StoredKey | ReturnType<typeof refused<Code>>,
  others: (other: StoredKey, key: StoredKey) => StoredKey = (other) => other,
): Promise<Outcome<PartnerKey, Code | 'not_found'>> {
  return untilSettled(async () => {
    const held = await reachedPartner(table, call.caller, call.params.partnerId);
    const key = held?.state.keys.find(({ keyid }) => keyid === call.params.keyid);
    if (held === undefined || key === undefined) return refused('not_found');
    const { state: partner } = held;
    const changed = next(key, partner);
    if ('kind' in changed) return changed;
    const keys = partner.keys.map((other) => (other === key ? changed : others(other, changed)));
    const outcome = done(keyView(changed, call.now));
    const change = {
      state: { ...partner, keys },
      events: eventsOf(act, partner, changed),
      audit: auditOf(call, act, changed),
    };
    const written = await commit(table, partnerWrites(held, change, call), call.receipt, outcome);
    return written === 'moved' ? 'moved' : outcome;
  });
}

function eventsOf(act: 'prove' | 'approve' | 'revoke', { partnerId }: StoredPartner, { keyid }: StoredKey) {
  if (act === 'prove') return [];
  const type = act === 'approve' ? 'partner.key.activated.v1' : 'partner.key.revoked.v1';
  return [{ type, data: { partnerId, keyid } }];
}

function auditOf(call: Pick<KeyCall, 'caller'>, act: string, key: StoredKey) {
  return {
    actor: actorOf(call.caller),
    action: `partner-key.${act}`,
    outcome: key.state,
    reason: key.reason ?? `${key.keyid} ${key.fingerprints.sha256}`,
  };
}

function newChallenge(partnerId: string, keyid: string, now: Date) {
  return {
    challenge: challengeText(partnerId, keyid, randomBytes(32).toString('base64url')),
    challengeExpiresAt: new Date(now.getTime() + keyPolicy.challengeHours * hourMs).toISOString(),
  };
}

/** A full record lets go of what was revoked without ever having been approved: whoever may submit could fill it. */
function withRoom(keys: StoredKey[]): StoredKey[] {
  if (keys.length < keyPolicy.maxOnRecord) return keys;
  return keys.filter(({ state, approvedAt }) => state !== 'revoked' || approvedAt !== undefined);
}

/** Counted on from the last that was given, since not every key that had one is still on record. */
function nextNumber({ numbered }: StoredPartner, today: string): { day: string; last: number } {
  return { day: today, last: numbered?.day === today ? numbered.last + 1 : 1 };
}

/** `<partner>.<test|prod>.<yyyymmdd>.<n>` */
function keyIdOf(
  { partnerId }: StoredPartner,
  environment: string,
  { day, last }: ReturnType<typeof nextNumber>,
): string {
  return `${partnerId}.${environment}.${day.replaceAll('-', '')}.${last}`;
}

function live({ keys }: StoredPartner, now: Date): StoredKey[] {
  return keys.filter((key) => ['active', 'retiring'].includes(keyStateAt(key, now)));
}

function after(now: Date, days: number): string {
  return new Date(now.getTime() + days * 24 * hourMs).toISOString();
}

const earlier = (one: string, other: string) => (one < other ? one : other);

function pemOf(spki: Buffer): string {
  const lines = spki.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
