import { checkEndpointUrl, type EndpointRefusal, type EndpointVerdict } from '#packages/addresses';

/** What a person reads about an address that is refused. */
export const endpointWords: Record<EndpointRefusal | 'host_not_approved', string> = {
  too_long: '地址过长',
  characters: '地址含空白、反斜杠或不可见字符',
  unreadable: '不能读出地址',
  scheme: '应为 https 地址',
  user_info: '地址不得含用户名或密码',
  fragment: '地址不得含 # 片段',
  port: '端口应为 443',
  ip_literal: '应为主机名，不得为 IP 地址',
  host: '主机名有误',
  host_not_approved: '该主机不在机构已获批准的回调主机之列',
};

export type PartnerEndpoint =
  | Extract<EndpointVerdict, { kind: 'allowed' }>
  | { kind: 'refused'; reason: EndpointRefusal | 'host_not_approved' };

/** Whether messages for a partner may go there: asked when the address is registered, and again before each message. */
export function partnerEndpoint(url: string, webhookHosts: readonly string[], localhost: boolean): PartnerEndpoint {
  const verdict = checkEndpointUrl(url, { localhost });
  if (verdict.kind === 'refused' || verdict.url.protocol === 'http:' || webhookHosts.includes(verdict.host)) {
    return verdict;
  }
  return { kind: 'refused', reason: 'host_not_approved' };
}
