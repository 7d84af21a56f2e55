import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { createHash, X509Certificate } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Partner } from '../access.ts';
import { isWithin, type Networks } from '../networks.ts';
import type { TakenNonce } from '../nonces.ts';
import type { PublicKey } from '../signature/keys.ts';
import {
  type ReadRequest,
  readRequest,
  type SignableRequest,
  type Signer,
  verifyRequest,
} from '../signature/request.ts';
import { signResponse } from '../signature/response.ts';
import { sm2Engine } from '../signature/sm2.ts';
import { writeQuery } from '../signature/target.ts';
import { Problem } from './problem.ts';
import { checkSize, type Request } from './request.ts';
import { logger, metrics } from './telemetry.ts';

/** A key as the registry has it. Dates are instants; `addresses` is what `networksOf` makes of the partner's networks. */
export type RegisteredKey = {
  partner: Partner;
  key: PublicKey;
  state: 'active' | 'retiring' | 'revoked' | 'expired' | 'pending';
  notBefore: string;
  notAfter: string;
  suspended: boolean;
  addresses: Networks;
  /** SHA-256 (hex) of the client certificate that is bound to the partner; left out, none is asked for. */
  clientCertificate?: string | undefined;
};

/** What is known of partners: who they are, what they have said before, and with what we sign our answers. */
export type PartnerFacts = {
  /** The hosts of this environment, in small letters; without any, the gateway's own. */
  authorities: readonly string[];
  keyOf(keyid: string): Promise<RegisteredKey | undefined>;
  /** Takes a nonce, once; `false` where it was taken before. */
  takeNonce(nonce: TakenNonce, now: Date): Promise<boolean>;
  signer(): Promise<Signer>;
};

/** A signed request in the course of being answered: its answer is bound to it, whatever becomes of it. */
export type SignedCall = SignableRequest;

/** What the pipeline asks. A function without partners has none, and none of the code that reads signatures. */
export type PartnerGate = {
  open(request: Request): SignedCall;
  /** Who signed; throws a Problem. */
  identify(request: Request, call: SignedCall, now: Date): Promise<Partner>;
  /** Every answer of ours to a signed request, refusals included, bound to the request. */
  sign(answer: APIGatewayProxyResult, call: SignedCall, now: Date): Promise<APIGatewayProxyResult>;
};

export function partnerGate(facts: PartnerFacts): PartnerGate {
  let toldEngine = false;
  return {
    open: (request) => {
      // Whether this runtime has SM2 is known only where it runs: each process says so once.
      if (!toldEngine) metrics.addMetric(sm2Engine() === 'native' ? 'Sm2Native' : 'Sm2Portable', MetricUnit.Count, 1);
      toldEngine = true;
      return signedCall(request);
    },
    identify: (request, call, now) => identifyPartner(request, call, facts, now),
    sign: (answer, call, now) => signAnswer(answer, call, facts, now),
  };
}

/** The query is written as a canonical client would, since the gateway hands on its parts alone. */
function signedCall({ method, path, authority, headers, parameters, bytes }: Request): SignedCall {
  return { method, authority, path, query: writeQuery(parameters), headers, body: bytes };
}

/**
 * Who signed (`signing.md` 1.3, steps 2 to 11 without the route). What is wrong with key or signature is answered alike
 * and told apart in the log alone. Nothing is stored before the signature holds.
 */
async function identifyPartner(request: Request, call: SignedCall, facts: PartnerFacts, now: Date): Promise<Partner> {
  checkSize(request);
  const authorities = facts.authorities.length > 0 ? facts.authorities : [request.gatewayAuthority];
  const read = readRequest(call, { now, authorities });
  if (read.kind === 'refused') throw told(read.code, read.reason);
  // Said, not proved yet; whoever looks for a bank's calls that fail finds them by it.
  logger.appendKeys({ keyid: read.keyid });
  const registered = await facts.keyOf(read.keyid);
  const known = registered !== undefined && holds(registered, now) ? registered : undefined;
  const verdict = verifyRequest(read, known?.key);
  if (verdict.kind === 'refused' || known === undefined) {
    throw told('signature_invalid', verdict.kind === 'refused' ? verdict.reason : 'no key');
  }
  const { partner } = known;
  if (!isWithin(known.addresses, request.sourceIp)) throw told('ip_not_allowed', 'not from an address of the partner');
  const { clientCertificate } = known;
  if (clientCertificate !== undefined && fingerprintOf(request.clientCertificatePem) !== clientCertificate)
    throw told('certificate_mismatch', 'not with the client certificate of the partner');
  if (!(await facts.takeNonce(nonceOf(partner, read), now)))
    throw told('signature_replayed', 'the nonce was taken before');
  if (known.suspended) throw new Problem('partner_suspended');
  return partner;
}

/** SHA-256 (hex) of a certificate's DER; undefined where there is none that can be read. */
function fingerprintOf(pem: string | undefined): string | undefined {
  try {
    return pem === undefined ? undefined : createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  } catch {
    return undefined;
  }
}

async function signAnswer(
  answer: APIGatewayProxyResult,
  call: SignedCall,
  facts: PartnerFacts,
  now: Date,
): Promise<APIGatewayProxyResult> {
  const headers = Object.entries(answer.headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  const body = Buffer.from(answer.body, answer.isBase64Encoded === true ? 'base64' : 'utf8');
  const response = { status: answer.statusCode, headers: new Map(headers), body };
  const signature = signResponse(response, call, await facts.signer(), now);
  return { ...answer, headers: { ...answer.headers, ...signature } };
}

function told(code: ConstructorParameters<typeof Problem>[0], reason: string): Problem {
  logger.info('signed request refused', { code, reason });
  return new Problem(code);
}

function nonceOf({ partnerId }: Partner, { nonce, created, expires }: ReadRequest): TakenNonce {
  return { partnerId, nonce, created, expires };
}

function holds({ state, notBefore, notAfter }: RegisteredKey, now: Date): boolean {
  const at = now.toISOString();
  return (state === 'active' || state === 'retiring') && notBefore <= at && at < notAfter;
}
