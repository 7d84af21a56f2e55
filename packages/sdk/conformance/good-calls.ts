import { canonicalQuery } from '../../signature/target.ts';
import type { Check, Group } from './checks.ts';
import { told } from './wire.ts';
import type { World } from './world.ts';

const keysPath = ({ partnerId }: World) => `/v1/partners/${partnerId}/keys`;

const checks: readonly Check[] = [
  {
    name: 'GET：查看本机构',
    expected: '200',
    run: async (world) => {
      const { client, partnerId } = world;
      const answer = await client.getPartner({ params: { partnerId } });
      return { seen: answer.kind === 'done' ? '200' : answer.code };
    },
  },
  {
    name: 'GET 带参数',
    expected: '200',
    run: async (world) => {
      const query = { pageSize: 1 };
      return { seen: told(await world.send(world.signed({ method: 'GET', path: keysPath(world), query }))) };
    },
  },
  {
    name: '查白名单（仅银行）',
    expected: '200',
    run: async ({ client, partnerId }) => {
      const self = await client.getPartner({ params: { partnerId } });
      if (self.kind === 'done' && self.body.role !== 'bank') return { skipped: '本机构不是银行' };
      const answer = await client.listWhitelist({ query: { status: 'listed', pageSize: 5 } });
      if (answer.kind === 'problem') return { seen: `${answer.status} ${answer.code}` };
      return { seen: '200', note: `本页 ${answer.body.items.length} 家` };
    },
  },
  {
    name: '翻页：逐条翻与一次取完相同',
    expected: '相同',
    run: async ({ client, partnerId }) => {
      const params = { partnerId };
      const keyids = async (pageSize: number) => {
        const found: string[] = [];
        for await (const { keyid } of client.each.listKeys({ params, query: { pageSize } })) found.push(keyid);
        return found;
      };
      const [one, all] = [await keyids(1), await keyids(200)];
      return { seen: one.join() === all.join() ? '相同' : '不同', note: `${all.length} 把密钥` };
    },
  },
  {
    name: '游标只属于它的列表',
    expected: '400 cursor_invalid',
    run: async (world) => {
      const query = { cursor: 'e30.e30' };
      return { seen: told(await world.send(world.signed({ method: 'GET', path: keysPath(world), query }))) };
    },
  },
  {
    name: '其他机构的对象如同不存在',
    expected: '404 not_found',
    run: async (world) => {
      const path = '/v1/partners/somebody-else/keys';
      return { seen: told(await world.send(world.signed({ method: 'GET', path }))) };
    },
  },
  {
    name: '不在权限内的操作',
    expected: '403 forbidden',
    run: async (world) => {
      const request = world.signed({ method: 'POST', path: '/v1/partners', body: {} });
      return { seen: told(await world.send(request)) };
    },
  },
  {
    name: '正文有误：逐字段说明',
    expected: '422 validation_failed',
    run: async (world) => {
      const request = world.signed({ method: 'POST', path: keysPath(world), body: { publicKeyPem: '', note: 1 } });
      const reply = await world.send(request);
      return { seen: told(reply), note: JSON.stringify(Object(reply.body).errors ?? []) };
    },
  },
  {
    name: '参数未登记',
    expected: '422 validation_failed',
    run: async (world) => {
      const query = { colour: 'red' };
      const request = world.signed({ method: 'GET', path: keysPath(world), query });
      return { seen: told(await world.send(request)), note: `?${canonicalQuery(Object.entries(query))}` };
    },
  },
];

export const goodCalls: Group = { name: '调用', checks };
