import { createServer, request, type RequestOptions } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkEndpointUrl, isPublicAddress, pinnedLookup, type Resolve } from './addresses.ts';

describe('an address to send to', () => {
  test.each([
    ['https://api.bank.cn/hooks?x=1', 'https://api.bank.cn/hooks?x=1', 'api.bank.cn'],
    ['https://API.Bank.cn', 'https://api.bank.cn/', 'api.bank.cn'],
    ['HTTPS://api.bank.cn:443/', 'https://api.bank.cn/', 'api.bank.cn'],
    ['https://api.bank.cn./a', 'https://api.bank.cn/a', 'api.bank.cn'],
    ['https://api.bank.cn/a@b', 'https://api.bank.cn/a@b', 'api.bank.cn'],
    ['https://银行.cn/通知', 'https://xn--jn2a72x.cn/%E9%80%9A%E7%9F%A5', 'xn--jn2a72x.cn'],
    ['https://a.xn--fiqs8s/', 'https://a.xn--fiqs8s/', 'a.xn--fiqs8s'],
  ])('%s is allowed', (text, href, host) => {
    const verdict = checkEndpointUrl(text);
    expect(verdict).toMatchObject({ kind: 'allowed', host });
    if (verdict.kind === 'allowed') expect([verdict.url.href, verdict.url.hostname]).toEqual([href, host]);
  });

  test.each([
    ['', 'unreadable'],
    ['api.bank.cn', 'unreadable'],
    ['https://', 'unreadable'],
    ['https:api.bank.cn', 'unreadable'],
    ['https:/api.bank.cn', 'unreadable'],
    ['https:///api.bank.cn', 'unreadable'],
    ['https://1.2.3.4.5/', 'unreadable'],
    ['https://256.1.1.1/', 'unreadable'],
    ['https://[::1/', 'unreadable'],
    ['http://api.bank.cn/', 'scheme'],
    ['ftp://api.bank.cn/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http://127.0.0.1:8080/', 'scheme'],
    ['https://user@api.bank.cn/', 'user_info'],
    ['https://user:password@api.bank.cn/', 'user_info'],
    ['https://@api.bank.cn/', 'user_info'],
    ['https://:@api.bank.cn/', 'user_info'],
    ['https://user@127.0.0.1/', 'user_info'],
    ['https://api.bank.cn:443@127.0.0.1/', 'user_info'],
    ['https://api.bank.cn/#part', 'fragment'],
    ['https://api.bank.cn/#', 'fragment'],
    ['https://api.bank.cn:8443/', 'port'],
    ['https://api.bank.cn:80/', 'port'],
    ['https://127.0.0.1/', 'ip_literal'],
    ['https://127.0.0.1./', 'ip_literal'],
    ['https://2130706433/', 'ip_literal'],
    ['https://0x7f.1/', 'ip_literal'],
    ['https://0x7f000001/', 'ip_literal'],
    ['https://0177.0.0.1/', 'ip_literal'],
    ['https://127.1/', 'ip_literal'],
    ['https://0/', 'ip_literal'],
    ['https://１２７.０.０.１/', 'ip_literal'],
    ['https://127。0。0。1/', 'ip_literal'],
    ['https://①②⑦.⓪.⓪.①/', 'ip_literal'],
    ['https://%31%32%37.0.0.1/', 'ip_literal'],
    ['https://8.8.8.8/', 'ip_literal'],
    ['https://169.254.169.254/latest/meta-data/', 'ip_literal'],
    ['https://[::ffff:7f00:1]/', 'ip_literal'],
    ['https://[::7f00:1]/', 'ip_literal'],
    ['https://[::127.0.0.1]/', 'ip_literal'],
    ['https://[2606:4700::1111]/', 'ip_literal'],
    ['https://localhost/', 'host'],
    ['https://localhost./', 'host'],
    ['https://intranet/', 'host'],
    ['https://api.bank.cn../', 'host'],
    ['https://api..bank.cn/', 'host'],
    ['https://.bank.cn/', 'host'],
    ['https://*.bank.cn/', 'host'],
    ['https://api_1.bank.cn/', 'host'],
    [`https://${'a'.repeat(64)}.cn/`, 'host'],
    [`https://${'a.'.repeat(126)}cn/`, 'host'],
    ['https://127.0.0.1\\@api.bank.cn/', 'characters'],
    ['https://api.bank.cn\\@127.0.0.1/', 'characters'],
    ['https:\\\\api.bank.cn', 'characters'],
    [' https://api.bank.cn/', 'characters'],
    ['https://api.bank.cn/\r\nHost: a', 'characters'],
    ['https://api.ba\tnk.cn/', 'characters'],
    ['https://api.ba\u00ADnk.cn/', 'characters'],
    ['https://api.ba\u200Bnk.cn/', 'characters'],
    ['https://api.bank.cn/\u0000', 'characters'],
    ['https://api.bank.cn/\uD800', 'characters'],
    [`https://api.bank.cn/${'a'.repeat(2_029)}`, 'too_long'],
    [`https://api.bank.cn/${'通'.repeat(300)}`, 'too_long'],
    [`https://api.bank.cn/${'a/../'.repeat(500)}`, 'too_long'],
  ])('%j is refused: %s', (text, reason) => {
    expect(checkEndpointUrl(text)).toEqual({ kind: 'refused', reason });
  });

  test('may have 2,048 characters', () => {
    expect(checkEndpointUrl(`https://api.bank.cn/${'a'.repeat(2_028)}`).kind).toBe('allowed');
  });

  test('may be this machine in the local run, and nothing else besides', () => {
    const check = (text: string) => checkEndpointUrl(text, { localhost: true }).kind;
    for (const text of ['http://127.0.0.1:8080', 'http://127.0.0.1:80/hooks', 'https://api.bank.cn/']) {
      expect(check(text), text).toBe('allowed');
    }
    const others = [
      'http://127.0.0.1/',
      'http://127.0.0.1:/',
      'http://127.0.0.1:0/',
      'http://127.0.0.1:70000/',
      'http://127.0.0.2:8080/',
      'http://127.1:8080/',
      'http://localhost:8080/',
      'http://[::1]:8080/',
      'http://127.0.0.1:8080@api.bank.cn/',
      'http://user@127.0.0.1:8080/',
      'http://127.0.0.1:8080/#part',
      'http://127.0.0.1:8080\\@api.bank.cn/',
      'https://127.0.0.1:8080/',
      'http://api.bank.cn/',
    ];
    for (const text of others) expect(check(text), text).toBe('refused');
  });

  test('never throws, and what is allowed is plain and reads the same again', () => {
    const text = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['https'] }),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }).map((rest) => `https://api.bank.cn${rest}`),
    );
    fc.assert(
      fc.property(text, (address) => {
        const verdict = checkEndpointUrl(address);
        if (verdict.kind === 'refused') return;
        expect(checkEndpointUrl(verdict.url.href)).toEqual(verdict);
        expect(verdict.url.href).toMatch(/^https:\/\/[a-z0-9][!-~]+$/);
        const { protocol, username, password, port, hash } = verdict.url;
        expect([protocol, username, password, port, hash]).toEqual(['https:', '', '', '', '']);
      }),
    );
  });
});

describe('an IP address', () => {
  test.each([
    ['1.0.0.0', '9.255.255.255'],
    ['11.0.0.0', '100.63.255.255'],
    ['100.128.0.0', '126.255.255.255'],
    ['128.0.0.0', '169.253.255.255'],
    ['169.255.0.0', '172.15.255.255'],
    ['172.32.0.0', '191.255.255.255'],
    ['192.0.1.0', '192.0.1.255'],
    ['192.0.3.0', '192.31.195.255'],
    ['192.31.197.0', '192.52.192.255'],
    ['192.52.194.0', '192.88.98.255'],
    ['192.88.100.0', '192.167.255.255'],
    ['192.169.0.0', '192.175.47.255'],
    ['192.175.49.0', '198.17.255.255'],
    ['198.20.0.0', '198.51.99.255'],
    ['198.51.101.0', '203.0.112.255'],
    ['203.0.114.0', '223.255.255.255'],
    ['2000::', '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:200::', '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db9::', '2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2003::', '2620:4f:7fff:ffff:ffff:ffff:ffff:ffff'],
    ['2620:4f:8001::', '3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['3fff:1000::', '3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('from %s to %s is public', (first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([true, true]);
  });

  test.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.31.196.0', '192.31.196.255'],
    ['192.52.193.0', '192.52.193.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['192.175.48.0', '192.175.48.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '239.255.255.255'],
    ['240.0.0.0', '255.255.255.255'],
    ['::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
    ['3ffe::', '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('from %s to %s is not', (first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false]);
  });

  test.each([
    '169.254.169.254',
    '100.100.100.200',
    'fd00:ec2::254',
    'fe80::1',
    '::1',
    '::ffff:7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '::127.0.0.1',
    '::8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '5f00::1',
    '2606:4700::1111%1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '８.８.８.８',
    ' 8.8.8.8',
    '8.8.8.8.',
    'api.bank.cn',
    '',
  ])('%j is not', (ip) => expect(isPublicAddress(ip)).toBe(false));

  test('of IPv4 is never public inside IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom('::ffff:', '::', '64:ff9b::'), (ip, prefix) => {
        expect(isPublicAddress(`${prefix}${ip}`)).toBe(false);
      }),
    );
  });
});

const answer = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 });
const resolving =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses.map(answer));

function ask(lookup: LookupFunction, options: Parameters<LookupFunction>[1]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    lookup('api.bank.cn', options, (error, address, family) =>
      error === null ? resolve(typeof address === 'string' ? [address, family] : address) : reject(error),
    );
  });
}

describe('the pinned lookup', () => {
  const two = pinnedLookup({ resolve: resolving('1.1.1.1', '2606:4700::1111') });

  test.each<[Parameters<LookupFunction>[1], unknown]>([
    [{ all: true }, [answer('1.1.1.1'), answer('2606:4700::1111')]],
    [{ all: true, family: 0 }, [answer('1.1.1.1'), answer('2606:4700::1111')]],
    [{ all: true, family: 6 }, [answer('2606:4700::1111')]],
    [{ all: false }, ['1.1.1.1', 4]],
    [{}, ['1.1.1.1', 4]],
    [{ family: 4 }, ['1.1.1.1', 4]],
    [{ family: 'IPv4' }, ['1.1.1.1', 4]],
    [{ family: 'IPv6' }, ['2606:4700::1111', 6]],
  ])('answers %o as Node does', async (options, expected) => {
    expect(await ask(two, options)).toEqual(expected);
  });

  test.each([
    [['127.0.0.1']],
    [['1.1.1.1', '10.0.0.1']],
    [['1.1.1.1', '::1']],
    [['::ffff:1.1.1.1']],
    [['1.1.1.1', 'api.bank.cn']],
  ])('gives none of %j', async (addresses) => {
    const lookup = pinnedLookup({ resolve: resolving(...addresses) });
    for (const options of [{ all: true }, {}, { family: 4 }]) {
      await expect(ask(lookup, options)).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    }
  });

  test('does not believe the resolver about the family', async () => {
    const lookup = pinnedLookup({ resolve: () => Promise.resolve([{ address: '1.1.1.1', family: 6 }]) });
    expect(await ask(lookup, {})).toEqual(['1.1.1.1', 4]);
  });

  test('says that there is no address, and hands on what the resolver says', async () => {
    await expect(ask(pinnedLookup({ resolve: resolving() }), { all: true })).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    const four = pinnedLookup({ resolve: resolving('1.1.1.1') });
    await expect(ask(four, { family: 6 })).rejects.toMatchObject({ code: 'ENOTFOUND' });
    const fault = Object.assign(new Error('later'), { code: 'EAI_AGAIN' });
    await expect(ask(pinnedLookup({ resolve: () => Promise.reject(fault) }), {})).rejects.toBe(fault);
  });

  test('asks this machine by default, and does not like what it hears of localhost', async () => {
    const options: RequestOptions = { host: 'localhost', port: 9, lookup: pinnedLookup() };
    await expect(statusOf(options)).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
  });

  test('keeps a request from a server on this machine, unless it is allowed', async () => {
    const { port, connections } = await receiver();
    const resolve = resolving('127.0.0.1');
    const options = { host: 'api.bank.cn', port };
    const guarded = statusOf({ ...options, lookup: pinnedLookup({ resolve }) });
    await expect(guarded).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    expect(connections()).toBe(0);
    expect(await statusOf({ ...options, lookup: pinnedLookup({ resolve, allow: () => true }) })).toBe(204);
    expect(connections()).toBe(1);
  });

  test.each([true, false])(
    'asks once per connection, so a second answer is never used: %s',
    async (autoSelectFamily) => {
      const { port, connections } = await receiver();
      let asked = 0;
      const resolve: Resolve = () => Promise.resolve([answer(asked++ === 0 ? '127.0.0.1' : '169.254.169.254')]);
      const lookup = pinnedLookup({ resolve, allow: (ip) => ip === '127.0.0.1' });
      const options = { host: 'api.bank.cn', port, lookup, autoSelectFamily };
      expect(await statusOf(options)).toBe(204);
      expect(asked).toBe(1);
      await expect(statusOf(options)).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
      expect([asked, connections()]).toEqual([2, 1]);
    },
  );
});

async function receiver() {
  let count = 0;
  const server = createServer((_request, response) => void response.writeHead(204).end());
  server.on('connection', () => (count += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

function statusOf(options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ agent: false, ...options }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}
