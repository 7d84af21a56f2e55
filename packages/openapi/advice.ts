import { type ProblemCode, problems } from '#packages/problems';
import type { Refusals } from '#packages/contract';
import type { ProblemEntry } from './types.ts';

/** What a caller does about each refusal that every route can give. A code without its line does not compile. */
const conventionAdvice: Record<ProblemCode, string> = {
  header_duplicated: '每个请求头只发送一次。',
  credentials_ambiguous: '只保留一种凭证：机构用签名，人员用令牌。',
  signature_malformed: '按“机构签名”一节核对 Signature-Input 与 Signature 的写法。',
  target_not_canonical: '路径不带多余斜杠和百分号；参数按名称排序，不重复。',
  digest_missing: '带正文的签名请求应有 Content-Digest，且列入签名覆盖的字段。',
  digest_malformed: 'Content-Digest 应为规范写法，如 sha-256=:…:；至少含 sha-256 或 sha-512。',
  digest_mismatch: '摘要按收到的正文字节计算：请在序列化之后计算，之后不要再改动正文。',
  body_not_allowed: 'GET 与 DELETE 不发送正文。',
  body_not_utf8: '正文改用 UTF-8 编码。',
  json_malformed: '用标准库生成 JSON，不要拼接字符串。',
  json_duplicate_key: '同一对象内每个键只出现一次。',
  idempotency_key_missing: '为这笔业务生成一个 Idempotency-Key；重试时沿用同一个。',
  idempotency_key_malformed: '使用 16 至 64 位字母、数字、下划线或连字符。',
  cursor_invalid: '原样使用上一页的 nextCursor，筛选条件与身份保持不变；否则从第一页重新开始。',
  signature_missing: '带上 Authorization: Bearer 令牌，或机构签名。',
  signature_components: '请按接入文档覆盖规定的字段，并给出 created、expires、nonce、keyid 和 tag。',
  signature_not_yet_valid: '请校准时钟：created 不得晚于服务器时间 60 秒以上，serverTime 是服务器时间。',
  signature_expired: '签名自 created 起最长 300 秒有效；请校准时钟，并在发送前才签名。',
  signature_invalid: '核对 keyid、算法、地址与被签名的内容；时间戳和 nonce 每次重新生成。',
  token_invalid: '重新登录取得令牌；核对签发方与受众。',
  token_expired: '重新登录或刷新令牌，再以同一 Idempotency-Key 重试。',
  signature_replayed: '每次发送（包括重试）都要用新的 nonce 重新签名，Idempotency-Key 保持不变。',
  ip_not_allowed: '请从登记的出口地址调用，或请管理员登记新的地址。',
  certificate_mismatch: '换用登记的客户端证书；证书已更换的，请先由市级管理员变更登记并经另一人批准。',
  partner_suspended: '请联系市知识产权局。',
  forbidden: '核对您的角色与辖区；需要时请有权限的人办理。',
  not_found: '核对编号；不在您权限范围内的对象也答“没有”。',
  method_not_allowed: '改用 Allow 响应头列出的方法。',
  not_acceptable: 'Accept 改为 application/json，或不发送。',
  idempotency_in_progress: '等候 Retry-After 秒，以同一 Idempotency-Key 重试。',
  body_too_large: '缩小正文；名单可拆成几份导入。',
  media_type_unsupported: '按操作说明设置 Content-Type；不压缩正文。',
  validation_failed: '按 errors 逐项更正；更正后可沿用同一 Idempotency-Key。',
  idempotency_key_reused: '内容不同就是另一笔业务：换一个新的 Idempotency-Key。',
  rate_limited: '放慢速度，等候后重试。',
  internal: '记下 requestId 告知我们；以同一 Idempotency-Key 重试是安全的。',
  unavailable: '稍候以同一 Idempotency-Key 重试，间隔逐次加长。',
};

/** Refusals that several services give, each in its own contract. */
const commonAdvice: Record<string, string> = {
  state_conflict: '先读取对象的当前状态，再决定下一步；原样重试没有用。',
  already_exists: '同一业务键已有不同内容：先读取已有的，再决定是否更正。',
  version_conflict: '对象在此期间有了变化：重新读取后再提交。',
  second_person_required: '由另一名有权限的人员办理；同一人不能先后办理两步。',
};

const adviceByStatus: Record<number, string> = {
  400: '更正请求后重试。',
  403: '核对您的角色与辖区。',
  404: '核对编号。',
  409: '先读取当前状态，再决定下一步。',
  422: '按 detail 与 errors 更正内容。',
};

/** The gateway before us has one refusal of its own. */
const gatewayProblems: Record<string, ProblemEntry> = {
  gateway_timeout: {
    status: 504,
    title: '应答超时',
    advice: '结果未知：以同一 Idempotency-Key 重试，会得到已有的结果。',
  },
};

/** The refusals that any route may give, by code. */
export const conventions: Readonly<Record<string, ProblemEntry>> = {
  ...Object.fromEntries(
    Object.entries(problems).map(([code, problem]): [string, ProblemEntry] => [
      code,
      { status: problem.status, title: problem.title, advice: adviceFor(code, problem.status) },
    ]),
  ),
  ...gatewayProblems,
};

/** A route's own refusals with what to do about them. */
export function describeRefusals(refusals: Refusals): Record<string, ProblemEntry> {
  return Object.fromEntries(
    Object.entries(refusals).map(([code, { status, title }]) => [
      code,
      { status, title, advice: adviceFor(code, status) },
    ]),
  );
}

function adviceFor(code: string, status: number): string {
  const known: Record<string, string> = conventionAdvice;
  return known[code] ?? commonAdvice[code] ?? adviceByStatus[status] ?? '';
}
