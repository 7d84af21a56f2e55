import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

/** From where a partner may call. Made once, when its key is loaded. */
export type Networks = 'anywhere' | BlockList;

/**
 * One address, or a network in CIDR form whose bits behind the prefix are zero, of IPv4 or IPv6. No zone, no IPv4 written
 * as IPv6, and no prefix of zero bits: who wants no limit names no network.
 */
export const Network = z
  .string()
  .max(64)
  .refine((text) => readNetwork(text) !== undefined, '应为 IP 地址或 CIDR 网段，例如 203.0.113.0/24');

/** Of what `Network` takes. None means anywhere; where one cannot be read, nobody is let in. */
export function networksOf(texts: readonly string[]): Networks {
  if (texts.length === 0) return 'anywhere';
  const networks = texts.map(readNetwork);
  const list = new BlockList();
  if (!networks.every((network) => network !== undefined)) return list;
  for (const { address, bits, family } of networks) list.addSubnet(address, bits, family);
  return list;
}

/** IPv4 written as IPv6 (`::ffff:203.0.113.7`) is the same address; what is no address is nowhere. */
export function isWithin(networks: Networks, ip: string): boolean {
  if (networks === 'anywhere') return true;
  const version = isIP(ip);
  return version !== 0 && !ip.includes('%') && networks.check(ip, version === 4 ? 'ipv4' : 'ipv6');
}

type Subnet = { address: string; bits: number; family: 'ipv4' | 'ipv6' };
const networkPattern = /^([0-9a-fA-F.:]{2,45})(?:\/([1-9][0-9]{0,2}))?$/;

function readNetwork(text: string): Subnet | undefined {
  const [, address = '', prefix] = networkPattern.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || (version === 6 && address.includes('.'))) return undefined;
  const [family, width] = version === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
  const bits = prefix === undefined ? width : Number(prefix);
  if (bits > width || numberOf(address) % 2n ** BigInt(width - bits) !== 0n) return undefined;
  const subnet = { address, bits, family };
  return family === 'ipv6' && isMapped(address) ? undefined : subnet;
}

const mapped = new BlockList();
mapped.addSubnet('::', 80, 'ipv6');

/** IPv4 inside IPv6, mapped or compatible: rules of IPv4 are for those. */
function isMapped(address: string): boolean {
  return mapped.check(address, 'ipv6');
}

function numberOf(address: string): bigint {
  const base = address.includes(':') ? 16n : 10n;
  const width = base === 16n ? 16n : 8n;
  const digits = base === 16n ? groupsOf(address) : address.split('.');
  return digits.reduce((sum, digit) => (sum << width) + BigInt(base === 16n ? `0x${digit}` : digit), 0n);
}

/** The eight groups of IPv6, with those that `::` leaves out. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const left = before ?? [];
  const right = after ?? [];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}
