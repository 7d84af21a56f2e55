import { legalDateOf } from '#packages/calendar';
import type { ListedPolicy, PolicyCoverage, PolicySummary, PolicyWarning } from './contract.ts';
import type { BuiltIn } from './policies/built-in.ts';
import { coreInForce, overlayInForce, type PolicyLine } from './policy-line.ts';
import { coverage, type PolicyCase, runCases } from './rules/coverage.ts';
import type { Policy } from './rules/policy-schema.ts';
import type { PolicyHead } from './store/policy.ts';

export function summaryOf(head: PolicyHead): PolicySummary {
  const { digest: _digest, draftedBy: _by, releasedBy: _other, audit: _audit, ...summary } = head;
  const { releasedAt } = head;
  return { ...summary, ...(releasedAt !== undefined && { releasedOn: legalDateOf(releasedAt) }) };
}

/** As it was answered to who drafted it, whatever has become of it since. */
export function draftOf(head: PolicyHead): PolicySummary {
  const { releasedAt: _at, releasedBy: _by, effectiveFrom: _from, ...draft } = head;
  return summaryOf({ ...draft, status: 'draft' });
}

export function listedOf(head: PolicyHead, line: PolicyLine, today: string): ListedPolicy {
  const { version, divisionCode } = head;
  const found = divisionCode === undefined ? coreInForce(line, today) : overlayInForce(line, today, divisionCode);
  return { ...summaryOf(head), inForce: found === version, warnings: warningsOf(head, line, today) };
}

/** An overlay lies upon one version of the core policy, and rests while another is in force. */
export function warningsOf({ base, validThrough }: PolicyHead, line: PolicyLine, day: string): PolicyWarning[] {
  const core = coreInForce(line, day);
  if (base === undefined || base === core || (validThrough !== undefined && validThrough < day)) return [];
  return [{ code: 'base_not_in_force', message: `以 ${base} 版为基础，${day} 现行的是 ${core} 版，附加规则不施行` }];
}

export function listedBuiltIn({ policy }: BuiltIn, line: PolicyLine, today: string): ListedPolicy {
  const { version, title, validFrom } = policy;
  const inForce = coreInForce(line, today) === version;
  return {
    version,
    kind: 'core',
    status: 'released',
    title,
    validFrom,
    effectiveFrom: validFrom,
    inForce,
    warnings: [],
  };
}

export function coverageOf(policy: Policy, cases: readonly PolicyCase[]): PolicyCoverage {
  const { rules, rows, neverDecided, neverFailed, ...counts } = coverage(policy, cases);
  return {
    ...counts,
    rules: [...rules],
    rows: [...rows],
    neverDecided: [...neverDecided],
    neverFailed: [...neverFailed],
    results: runCases(policy, cases),
  };
}
