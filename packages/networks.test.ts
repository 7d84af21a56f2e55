import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, Network, networksOf } from './networks.ts';

describe('a network that can be registered', () => {
  test.each([
    '203.0.113.7',
    '203.0.113.7/32',
    '203.0.113.0/24',
    '10.0.0.0/8',
    '128.0.0.0/1',
    '2001:db8::1',
    '2001:db8::/32',
    '2001:DB8:0:0:0:0:0:0/33',
    '2001:db8:1:2:3:4:5:6/128',
    'fd00::/8',
  ])('%s', (text) => {
    expect(Network.safeParse(text).success).toBe(true);
    expect(networksOf([text])).not.toBe('anywhere');
  });
});

describe('none is', () => {
  test.each([
    '',
    ' ',
    'junk',
    '203.0.113.0/',
    '203.0.113.0/0',
    '0.0.0.0/0',
    '::/0',
    '203.0.113.0/33',
    '203.0.113.0/024',
    '203.0.113.0/24/24',
    '203.0.113.0/2 4',
    '203.0.113.0/1e1',
    '203.0.113.0/24\n',
    '203.0.113.0/-1',
    '203.0.113.7/24',
    '2001:db8::1/32',
    '2001:db8::/129',
    '203.0.113',
    '010.0.0.1',
    '0x7f.0.0.1',
    '203.0.113.256',
    'fe80::1%eth0',
    'fe80::%eth0/64',
    '::ffff:203.0.113.7',
    '::ffff:cb00:7107',
    '::ffff:0:0/96',
    '::203.0.113.7',
    '[2001:db8::1]',
    'example.cn',
    '203.0.113.0/255.255.255.0',
    '*',
  ])('%j, and a list with it lets nobody in', (text) => {
    expect(Network.safeParse(text).success).toBe(false);
    for (const list of [[text], ['203.0.113.0/24', text]]) {
      for (const ip of ['203.0.113.7', '10.0.0.1', '2001:db8::1', '::1'])
        expect(isWithin(networksOf(list), ip)).toBe(false);
    }
  });
});

describe('a caller', () => {
  const networks = networksOf(['203.0.113.0/24', '198.51.100.7', '2001:db8::/32']);

  test.each([
    ['203.0.113.0', true],
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['::ffff:203.0.113.7', true],
    ['::ffff:cb00:7107', true],
    ['::ffff:203.0.114.7', false],
    ['::203.0.113.7', false],
    ['2001:db8::1%eth0', false],
    ['203.0.113.7, 10.0.0.1', false],
    ['', false],
    ['unknown', false],
  ])('from %j is let in: %j', (ip, there) => {
    expect(isWithin(networks, ip)).toBe(there);
  });

  test('may come from anywhere where no network is named', () => {
    for (const ip of ['203.0.113.7', '2001:db8::1', '']) expect(isWithin(networksOf([]), ip)).toBe(true);
  });
});

test('a network of IPv4 holds just the addresses with its first bits', () => {
  const dotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
  const any = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(any, any, fc.integer({ min: 1, max: 32 }), fc.boolean(), (one, other, bits, near) => {
      const mask = bits === 32 ? 0xffff_ffff : ~(0xffff_ffff >>> bits) >>> 0;
      const base = (one & mask) >>> 0;
      const ip = near ? (base | (other & ~mask)) >>> 0 : other;
      const text = `${dotted(base)}/${bits}`;
      expect(Network.safeParse(text).success).toBe(true);
      expect(isWithin(networksOf([text]), dotted(ip))).toBe((ip & mask) >>> 0 === base);
    }),
    { numRuns: 500 },
  );
});

test('a network of IPv6 holds just the addresses with its first bits', () => {
  const written = (number: bigint) => (number.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
  const any = fc.bigInt({ min: 0x2000n << 112n, max: 2n ** 128n - 1n });
  fc.assert(
    fc.property(any, any, fc.integer({ min: 3, max: 128 }), fc.boolean(), (one, other, bits, near) => {
      const rest = 2n ** BigInt(128 - bits);
      const base = one - (one % rest);
      const ip = near ? base + (other % rest) : other;
      const text = `${written(base)}/${bits}`;
      expect(Network.safeParse(text).success).toBe(true);
      expect(isWithin(networksOf([text]), written(ip))).toBe(ip - (ip % rest) === base);
      if (base !== one) expect(Network.safeParse(`${written(one)}/${bits}`).success).toBe(false);
    }),
    { numRuns: 500 },
  );
});
