/** An approved version's place in a fund's line. Nothing works backwards: it holds from its approval on, not before. */
export type ApprovedVersion = { version: number; effectiveFrom: string; approvedAt: string };

/** In the order of the approvals. */
export type ProgrammeLine = readonly ApprovedVersion[];

/**
 * The version that holds on a legal date: of those that have begun by then the one approved last. Undefined before the
 * first: nothing is covered then.
 */
export function versionOn(line: ProgrammeLine, day: string): number | undefined {
  return line.findLast(({ effectiveFrom }) => effectiveFrom <= day)?.version;
}

/** The first day on which a version holds: its own, or that of its approval where this is later or it names none. */
export function effectiveFrom(validFrom: string | undefined, approvedOn: string): string {
  return validFrom !== undefined && validFrom > approvedOn ? validFrom : approvedOn;
}
