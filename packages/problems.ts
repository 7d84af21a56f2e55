/**
 * The refusals every route can give, with the status and the title a person reads. A service adds its own in its
 * contract. What may be said again under the same Idempotency-Key is in `idempotency.ts`.
 */
export const problems = {
  header_duplicated: { status: 400, title: '请求头重复' },
  credentials_ambiguous: { status: 400, title: '签名与令牌不能同时使用' },
  signature_malformed: { status: 400, title: '签名头格式有误' },
  target_not_canonical: { status: 400, title: '请求路径或参数不是规范形式' },
  digest_missing: { status: 400, title: '缺少 Content-Digest' },
  digest_malformed: { status: 400, title: 'Content-Digest 格式有误' },
  digest_mismatch: { status: 400, title: 'Content-Digest 与正文不符' },
  body_not_allowed: { status: 400, title: '此请求不应带有正文' },
  body_not_utf8: { status: 400, title: '正文不是 UTF-8' },
  json_malformed: { status: 400, title: '正文不是合法的 JSON' },
  json_duplicate_key: { status: 400, title: 'JSON 中有重复的键' },
  idempotency_key_missing: { status: 400, title: '缺少 Idempotency-Key' },
  idempotency_key_malformed: { status: 400, title: 'Idempotency-Key 格式有误' },
  cursor_invalid: { status: 400, title: '翻页游标无效' },
  signature_missing: { status: 401, title: '未提供身份凭证' },
  signature_components: { status: 401, title: '签名未按规定覆盖请求' },
  signature_not_yet_valid: { status: 401, title: '签名时间晚于服务器时间' },
  signature_expired: { status: 401, title: '签名已过有效期' },
  signature_invalid: { status: 401, title: '签名无效' },
  signature_replayed: { status: 401, title: '随机数已用过，请重新签名' },
  token_invalid: { status: 401, title: '令牌无效' },
  token_expired: { status: 401, title: '令牌已过期' },
  ip_not_allowed: { status: 403, title: '来源地址不在登记范围内' },
  certificate_mismatch: { status: 403, title: '客户端证书与登记的不符' },
  partner_suspended: { status: 403, title: '机构已被暂停' },
  forbidden: { status: 403, title: '不在您的权限范围内' },
  not_found: { status: 404, title: '没有这个对象，或不在您的权限范围内' },
  method_not_allowed: { status: 405, title: '此地址不支持该方法' },
  not_acceptable: { status: 406, title: '不能以所要求的格式应答' },
  idempotency_in_progress: { status: 409, title: '相同的请求正在处理' },
  body_too_large: { status: 413, title: '正文过大' },
  media_type_unsupported: { status: 415, title: '不支持的正文类型' },
  validation_failed: { status: 422, title: '内容有误' },
  idempotency_key_reused: { status: 422, title: 'Idempotency-Key 已用于其他内容' },
  rate_limited: { status: 429, title: '请求过于频繁' },
  internal: { status: 500, title: '系统内部错误' },
  unavailable: { status: 503, title: '暂时无法办理，请稍后重试' },
} as const;

export type ProblemCode = keyof typeof problems;

/** Where a problem's `type` leads: the code's paragraph on the documentation page. */
export function problemType(code: string): string {
  return `https://zhirong.example/problems/${code}`;
}
