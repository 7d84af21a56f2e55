import type { Authority } from './ground.ts';

/** Stop: no pledge can be registered or filed like this. Warn: somebody has to act or to decide. Note: to be known. */
export const severities = ['stop', 'warn', 'note'] as const;
export type Severity = (typeof severities)[number];

/** Something about a bundle, for programs by `code`, for people in a sentence, and what cures it. */
export type Finding = {
  severity: Severity;
  code: string;
  /** The right's place in the bundle; left out: the bundle itself. */
  asset?: number;
  ground?: { authority: Authority; number: number };
  message: string;
  cure?: string;
};

const rank = (severity: Severity): number => severities.indexOf(severity);

/** The gravest first, and of the same gravity in the order in which they were found. */
export function byGravity(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((one, other) => rank(one.severity) - rank(other.severity));
}

/** Basis points as a percentage, e.g. `62.5 %`. */
export function percentText(bps: bigint): string {
  const decimals = String(bps % 100n)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return `${bps / 100n}${decimals === '' ? '' : `.${decimals}`} %`;
}
