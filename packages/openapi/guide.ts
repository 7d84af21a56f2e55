/** `info.description` of the document: enough to begin with; the page at `/docs` says it at length. */
export const introduction = [
  '知融：知识产权质押融资入园惠企的城市系统。本文件由代码中的契约生成。',
  '正文为 JSON（UTF-8，camelCase）。未知字段、null 与未知参数一律拒绝（422 `validation_failed`）。金额为整数分（`…Fen`），比例为整数基点（`…Bps`），日期为 `YYYY-MM-DD`（Asia/Shanghai），时刻为带毫秒的 UTC。',
  '拒绝以 `application/problem+json`（RFC 9457）应答，`code` 供程序判断；没有的地址答 404 `not_found`，不支持的方法答 405 `method_not_allowed` 并附 `Allow`。各代码的含义与处置见 `x-problems`。',
  '约定全文与示例见 `/docs`。',
].join('\n\n');

/** What the security scheme for organisations says. */
export const signatureHeader =
  '机构：HTTP 消息签名（RFC 9421，标签 sig1，tag="ippf-bank-v1"），与 Signature-Input 一同发送；有正文时另有 Content-Digest（RFC 9530）。';

/** A paragraph is text in which `code` stands between backticks; a list is its items. */
export type GuideBlock = string | { list: readonly string[] };
export type GuideSection = { id: string; title: string; blocks: readonly GuideBlock[] };

/** The conventions that hold for every operation, for the page. */
export const guide: readonly GuideSection[] = [
  {
    id: 'format',
    title: '格式 Format',
    blocks: [
      {
        list: [
          '正文为 JSON，UTF-8 编码，字段名用 camelCase。',
          '未知字段、`null`、未知参数一律拒绝：422 `validation_failed`，并指明位置。没有的字段请省略。',
          'POST 与 PUT 总有 JSON 正文，无话可说时为 `{}`；GET 与 DELETE 没有正文。',
          '正文上限 256 KB，名单导入 4 MB；不接受压缩的正文。',
          '路径中的编号为 1 至 64 位 `A–Z a–z 0–9 - . _ ~`；权利号中的其他字以 UTF-8 的大写 `%XX` 书写。企业一律以统一社会信用代码（`uscc`）为键。',
        ],
      },
    ],
  },
  {
    id: 'values',
    title: '金额、比例与日期 Money, ratios, dates',
    blocks: [
      {
        list: [
          '金额：整数分，字段以 `Fen` 结尾，0 至 9007199254740991。',
          '比例：整数基点，字段以 `Bps` 结尾，10000 为 100 %。',
          '整数写成 `0` 或不以 0 开头的数字；`1.0`、`1e3`、负号均不接受。',
          '法定日期：`YYYY-MM-DD`，以 Asia/Shanghai 计。时刻：RFC 3339，UTC，带毫秒，例如 `2026-12-01T00:00:00.000Z`。',
        ],
      },
    ],
  },
  {
    id: 'identity',
    title: '身份与权限 Identity',
    blocks: [
      '人员以 `Authorization: Bearer` 发送 OIDC 访问令牌；机构以消息签名证明身份。两者同时出现答 400 `credentials_ambiguous`，都没有答 401 `signature_missing`。',
      '操作不对您的角色开放：403 `forbidden`。操作开放，但对象在您的辖区、园区、企业或机构之外：404 `not_found`，与不存在的对象无从分辨。',
    ],
  },
  {
    id: 'signatures',
    title: '机构签名 Message signatures',
    blocks: [
      '机构按 RFC 9421 签名，标签 `sig1`，参数 `created`、`expires`、`nonce`、`keyid`、`tag="ippf-bank-v1"` 缺一不可；`expires` 不晚于 `created` 之后 300 秒，`nonce` 每次重新生成。',
      {
        list: [
          'GET 覆盖 `"@method" "@authority" "@path" "@query"`；DELETE 另加 `"idempotency-key"`；POST 与 PUT 再加 `"content-type" "content-digest"`。',
          '算法随登记的密钥而定：ed25519、ecdsa-p256-sha256、rsa-pss-sha512 或 SM2（SM3）。',
          '重试时重新签名（新的 `nonce` 与 `created`），`Idempotency-Key` 保持不变。',
        ],
      },
      '签名随合作机构登记密钥而生效；密钥未登记的机构，签名请求答 401 `signature_invalid`。',
    ],
  },
  {
    id: 'idempotency',
    title: '幂等 Idempotency',
    blocks: [
      '`Idempotency-Key` 为 16 至 64 位字母、数字、下划线或连字符。人员的每个 POST（试算类除外）、机构的每个 POST、PUT 与 DELETE 都须携带。',
      {
        list: [
          '同一键、同一内容：再答一次原来的应答，并附 `Idempotency-Replayed: true`。',
          '同一键、不同内容：422 `idempotency_key_reused`。',
          '相同请求正在处理：409 `idempotency_in_progress`，稍候重试。',
          '应答保留 7 天：成功的应答，以及操作本身的 409 与 422。其余拒绝不占用该键。',
          '业务键（例如企业的 `uscc`）永久有效：内容相同则重放，内容不同答 409 `already_exists`。',
        ],
      },
      '超时或断线后，以同一键重试总是安全的。',
    ],
  },
  {
    id: 'paging',
    title: '翻页 Paging',
    blocks: [
      '列表以 `pageSize`（1 至 200，缺省 50）与 `cursor` 翻页，答 `items` 与 `nextCursor`；最后一页的 `nextCursor` 为 `null`。次序为最新的在前，白名单按 `uscc`。游标属于调用者与筛选条件，他人的或改动过的答 400 `cursor_invalid`。',
    ],
  },
];
