export const isSlow = process.env['ZHIRONG_SLOW'] === '1';

/**
 * How often a property or a simulated story is tried: `usual` in `npm test`, which everybody waits for, `slow` in
 * `npm test -- --slow`, which runs as long as it takes.
 */
export function tries(usual: number, slow: number): number {
  return isSlow ? slow : usual;
}
