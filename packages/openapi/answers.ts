import type { Route } from '#packages/contract';
import { conventions, describeRefusals } from './advice.ts';
import { isPartnerRole } from './roles.ts';
import type { Answer, ProblemEntry, Schema } from './types.ts';

/** Answers that routes share, by status: only the component's name and its sentence are not in the list of codes. */
const shared: Record<number, { name: string; sentence: string; headers?: readonly (keyof typeof headers)[] }> = {
  400: { name: 'BadRequest', sentence: '请求本身有误' },
  401: { name: 'Unauthenticated', sentence: '未能证明身份' },
  403: { name: 'Forbidden', sentence: '角色无权使用此操作' },
  404: { name: 'NotFound', sentence: '没有这个对象，或不在权限范围内' },
  406: { name: 'NotAcceptable', sentence: '不能以所要求的格式应答' },
  409: { name: 'Conflict', sentence: '相同的请求正在处理', headers: ['Retry-After'] },
  413: { name: 'TooLarge', sentence: '正文过大；超过 10 MB 时由网关拒绝' },
  415: { name: 'UnsupportedMediaType', sentence: '不支持的正文类型' },
  422: { name: 'Invalid', sentence: '内容有误，errors 逐项说明' },
  429: { name: 'RateLimited', sentence: '请求过于频繁；由网关拒绝时没有 detail 等成员' },
  500: { name: 'Internal', sentence: '系统内部错误' },
  503: { name: 'Unavailable', sentence: '暂时无法办理', headers: ['Retry-After'] },
  504: { name: 'GatewayTimeout', sentence: '网关等候超时，结果未知' },
};
/** Statuses with which the gateway itself may refuse, before or instead of us. */
const gatewayStatuses = [413, 429, 504];

const headers = {
  Location: { description: '新对象的地址', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: '为 true 时，应答是此前同一请求的结果',
    schema: { type: 'string', enum: ['true'] },
  },
  'Retry-After': { description: '多少秒后重试', schema: { type: 'integer' } },
  'X-Request-Id': { description: '本次请求的编号，反馈问题时请提供', schema: { type: 'string' } },
} satisfies Record<string, { description: string; schema: Schema }>;

function withHeaders(names: readonly (keyof typeof headers)[]): NonNullable<Answer['headers']> {
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

const text = (description: string): Schema => ({ type: 'string', description });
const gatewayFields: Record<string, Schema> = {
  type: text('拒绝的种类，以 code 结尾的地址'),
  title: text('一句话说明（中文）'),
  status: { type: 'integer', description: 'HTTP 状态' },
  code: { type: 'string', pattern: '^[a-z][a-z0-9_]*$', description: '稳定的代码，供程序判断' },
};

/** RFC 9457 as we speak it; the pipeline's `problemBody` makes exactly this. */
export const problemSchemas: Record<'Problem' | 'GatewayProblem', Schema> = {
  Problem: {
    type: 'object',
    description: '拒绝或错误（RFC 9457）',
    properties: {
      ...gatewayFields,
      detail: text('给人看的说明（中文）'),
      requestId: text('本次请求的编号'),
      serverTime: { type: 'string', format: 'date-time', description: '服务器时刻，可用来校准时钟' },
      errors: {
        type: 'array',
        description: '逐项的字段错误',
        items: {
          type: 'object',
          properties: {
            pointer: text('字段：正文用 JSON 指针 /field，参数用 ?name'),
            code: text('错误代码'),
            message: text('怎样更正（中文）'),
          },
          required: ['pointer', 'code', 'message'],
          additionalProperties: false,
        },
      },
    },
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId', 'serverTime'],
    additionalProperties: false,
  },
  GatewayProblem: {
    type: 'object',
    description: '网关自身的拒绝：只有四个成员',
    properties: gatewayFields,
    required: ['type', 'title', 'status', 'code'],
    additionalProperties: false,
  },
};

const ofProblem: Schema = { $ref: '#/components/schemas/Problem' };
const ofGateway: Schema = { $ref: '#/components/schemas/GatewayProblem' };

function refusalAnswer(status: number, refusals: Record<string, ProblemEntry>): Answer {
  const row = shared[status];
  const codes = Object.keys(refusals);
  const schema =
    status === 504 ? ofGateway : gatewayStatuses.includes(status) ? { anyOf: [ofProblem, ofGateway] } : ofProblem;
  return {
    description: `${row?.sentence ?? '拒绝'}：${codes.map((code) => `\`${code}\` ${refusals[code]?.title ?? ''}`).join('；')}`,
    ...(row?.headers !== undefined && { headers: withHeaders(row.headers) }),
    content: { 'application/problem+json': { schema } },
    'x-codes': codes,
  };
}

function ofStatus(refusals: Readonly<Record<string, ProblemEntry>>, status: number): Record<string, ProblemEntry> {
  return Object.fromEntries(Object.entries(refusals).filter(([, refusal]) => refusal.status === status));
}

/** The shared answers as components. */
export function sharedAnswers(): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(shared).map(([status, { name }]) => [
      name,
      refusalAnswer(Number(status), ofStatus(conventions, Number(status))),
    ]),
  );
}

/** Every refusal of a route by status: the shared answer, or one of its own where it has codes of its own. */
export function refusalAnswers(route: Route): Record<string, Answer> {
  const own = describeRefusals(route.refusals ?? {});
  const statuses = [...conventionStatuses(route), ...Object.values(own).map(({ status }) => status)];
  const answers: Record<string, Answer> = {};
  for (const status of [...new Set(statuses)].toSorted((left, right) => left - right)) {
    const usual = conventionStatuses(route).includes(status) ? ofStatus(conventions, status) : {};
    const all = { ...usual, ...ofStatus(own, status) };
    const name = shared[status]?.name;
    const nothingOwn = Object.keys(all).every((code) => ofStatus(conventions, status)[code] !== undefined);
    answers[status] =
      name !== undefined && nothingOwn ? { $ref: `#/components/responses/${name}` } : refusalAnswer(status, all);
  }
  return answers;
}

/** Which of the conventions can refuse on this route at all. */
function conventionStatuses(route: Route): number[] {
  const proved = route.public !== true;
  const sends = route.method === 'POST' || route.method === 'PUT';
  return [
    400,
    ...(proved ? [401, 403] : []),
    ...(route.path.includes('{') ? [404] : []),
    406,
    ...(needsKey(route) === 'no' ? [] : [409]),
    ...(sends ? [413, 415] : []),
    422,
    429,
    500,
    ...(proved ? [503] : []),
    504,
  ];
}

/** Who must send an Idempotency-Key: nobody, every caller, or only those who sign. */
export function needsKey(route: Route): 'no' | 'always' | 'signed' {
  if (route.method === 'GET' || route.public === true) return 'no';
  if (route.method === 'POST' && route.storesNothing !== true) return 'always';
  const signed = route.roles.filter(isPartnerRole).length;
  if (signed === 0) return 'no';
  return signed === route.roles.length ? 'always' : 'signed';
}

/** Headers of a route's one good answer. */
export function goodHeaders(route: Route): NonNullable<Answer['headers']> {
  return withHeaders([
    ...(route.status === 201 ? (['Location'] as const) : []),
    ...(needsKey(route) === 'no' ? [] : (['Idempotency-Replayed'] as const)),
    'X-Request-Id',
  ]);
}
