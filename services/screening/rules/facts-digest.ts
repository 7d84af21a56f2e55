import { sha256 } from '#packages/audit';
import type { ScreeningFacts, SourceAnswer } from '../facts.ts';

/**
 * SHA-256 (hex) over the canonical JSON (RFC 8785) of the facts a decision rests on and the version of its policy.
 * Left out is what changes without any fact changing: when a record was observed and fetched, the bytes it came in,
 * and how exactly a source failed. The decision's evidence tells those.
 */
export function factsDigest(policyVersion: string, { nomination, credit, ip }: ScreeningFacts): string {
  const facts = { policyVersion, nomination: stated(nomination), credit: answered(credit), ip: answered(ip) };
  return sha256(facts);
}

function stated({ recordId, data }: { recordId: string; data: unknown }) {
  return { recordId, data };
}

function answered(answer: SourceAnswer<unknown>) {
  return answer.kind === 'known' ? { kind: answer.kind, ...stated(answer) } : { kind: answer.kind };
}
