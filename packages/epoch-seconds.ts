/** Whole seconds since 1970: how stores name the end of an item, and signatures their times. */
export function epochSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1_000);
}
