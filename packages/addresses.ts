import { promises as dns, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';

export type EndpointRefusal =
  | 'too_long'
  | 'characters'
  | 'unreadable'
  | 'scheme'
  | 'user_info'
  | 'fragment'
  | 'port'
  | 'ip_literal'
  | 'host';
/** `host` is that of `url`: lower-case, without a trailing dot, ready to be compared. */
export type EndpointVerdict =
  | { kind: 'allowed'; url: URL; host: string }
  | { kind: 'refused'; reason: EndpointRefusal };

const maxUrlChars = 2_048;
/** Parsers drop these, or read them as a slash, and not all of them the same: no address needs them. */
const ambiguous = /[\s\\\p{Cc}\p{Cf}\p{Cs}]/u;
const webUrl = /^https?:\/\/(?<authority>[^/?#]+)/i;
const localUrl = /^http:\/\/127\.0\.0\.1:[1-9][0-9]{0,4}(?:[/?]|$)/;
const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * Whether we may send to an address that a partner names: https on port 443 of a host with a name. What the name leads to
 * is checked when it is connected to, by `pinnedLookup`. With `localhost`, `http://127.0.0.1:<port>` is taken as well.
 */
export function checkEndpointUrl(text: string, { localhost = false }: { localhost?: boolean } = {}): EndpointVerdict {
  if (text.length > maxUrlChars) return refused('too_long');
  if (ambiguous.test(text)) return refused('characters');
  const url = URL.parse(text);
  if (url === null) return refused('unreadable');
  const isLocal = localhost && localUrl.test(text);
  if (url.protocol !== 'https:' && !isLocal) return refused('scheme');
  // An empty user or fragment is gone after parsing, and so are missing and surplus slashes.
  const authority = webUrl.exec(text)?.groups?.['authority'];
  if (authority === undefined) return refused('unreadable');
  if (authority.includes('@')) return refused('user_info');
  if (text.includes('#')) return refused('fragment');
  if (url.href.length > maxUrlChars) return refused('too_long');
  if (isLocal) return { kind: 'allowed', url, host: url.hostname };
  if (url.port !== '') return refused('port');
  // Other spellings of an IP address (`127.1`, `0x7f.1`, `①②⑦.0.0.1`) are plain ones by now.
  if (url.hostname.startsWith('[') || isIP(url.hostname) !== 0) return refused('ip_literal');
  const host = url.hostname.replace(/\.$/, '');
  if (!domainName.test(host)) return refused('host');
  url.hostname = host;
  return { kind: 'allowed', url, host };
}

/** IANA's special-purpose blocks of IPv4 with multicast and the former class E. */
const specialIpv4 = blocks('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);
/** All that is given out for global unicast. Mapped, compatible and translated IPv4 lies outside, except 6to4, Teredo. */
const globalIpv6 = blocks('ipv6', [['2000::', 3]]);
const specialIpv6 = blocks('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3ffe::', 16],
  ['3fff::', 20],
]);

/** Whether an IP address, as the resolver writes it, is one of the public internet. */
export function isPublicAddress(ip: string): boolean {
  switch (isIP(ip)) {
    case 4:
      return !specialIpv4.check(ip, 'ipv4');
    case 6:
      // A zone (`%eth0`) belongs to addresses of one link only.
      return !ip.includes('%') && globalIpv6.check(ip, 'ipv6') && !specialIpv6.check(ip, 'ipv6');
    default:
      return false;
  }
}

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * The `lookup` of a request to such an address: asks once, and gives the socket the very addresses that were checked, so
 * that a name cannot lead elsewhere by the time it is connected to. One bad address spoils them all.
 * Fails with the code ADDRESS_NOT_ALLOWED, with ENOTFOUND where none is of the family asked for, or as `resolve` does.
 */
export function pinnedLookup({
  resolve = (hostname) => dns.lookup(hostname, { all: true }),
  allow = isPublicAddress,
}: { resolve?: Resolve; allow?: (ip: string) => boolean } = {}): LookupFunction {
  const checked = async (hostname: string, family: number): Promise<LookupAddress[]> => {
    const answers = (await resolve(hostname)).map(({ address }) => ({ address, family: isIP(address) }));
    if (!answers.every(({ address }) => allow(address))) {
      throw coded('ADDRESS_NOT_ALLOWED', `${hostname} has an address that is not allowed`);
    }
    const fitting = answers.filter((answer) => family === 0 || answer.family === family);
    if (fitting.length === 0) throw coded('ENOTFOUND', `${hostname} has no address`);
    return fitting;
  };
  const lookup = callbackify(checked);
  return (hostname, { all = false, family }, callback) => {
    lookup(hostname, familyNumber(family), (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error, []);
      else if (all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refused(reason: EndpointRefusal): EndpointVerdict {
  return { kind: 'refused', reason };
}

function blocks(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [net: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

function coded(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

function familyNumber(family: number | string | undefined): number {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : Number(family ?? 0);
}
