import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { problemBody } from '#packages/lambda/problem';
import { Fen } from '#packages/money';
import { pageOf, pageQuery } from '#packages/pages';
import { people } from '#packages/roles';
import { problemSchemas } from './answers.ts';
import { openApiDocument } from './document.ts';

const Claim = z.strictObject({ claimId: z.string(), paidFen: Fen });
const routes = {
  fileClaim: {
    method: 'POST',
    path: '/v1/claims',
    tag: '理赔',
    summary: '申请代偿',
    roles: ['bank'],
    body: z.strictObject({ lossFen: Fen }),
    status: 201,
    answer: Claim,
    refusals: {
      loss_above_outstanding: { status: 422, title: '超过余额' },
      not_found: { status: 404, title: '没有这笔贷款' },
    },
  },
  listClaims: {
    method: 'GET',
    path: '/v1/claims',
    tag: '理赔',
    summary: '列出',
    roles: ['bank', ...people],
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Claim),
  },
  simulate: {
    method: 'POST',
    path: '/v1/simulations',
    tag: '试算',
    summary: '试算',
    roles: ['bank', 'city-admin'],
    body: z.strictObject({}),
    status: 200,
    answer: Claim,
    storesNothing: true,
  },
  sendList: {
    method: 'POST',
    path: '/v1/lists/{version}',
    tag: '名单',
    summary: '送名单',
    roles: ['county-clerk'],
    params: z.strictObject({
      version: z
        .string()
        .regex(/^[1-9][0-9]{0,8}$/)
        .transform(Number),
    }),
    file: { mediaTypes: ['text/csv'], maxBytes: 4 * 1024 * 1024 },
    status: 202,
    answer: z.strictObject({ importId: z.string() }),
  },
  dropList: {
    method: 'DELETE',
    path: '/v1/lists/{version}',
    tag: '名单',
    summary: '撤下名单',
    roles: ['county-clerk', 'platform'],
    params: z.strictObject({
      version: z
        .string()
        .regex(/^[1-9][0-9]{0,8}$/)
        .transform(Number),
    }),
    status: 204,
  },
  readPage: {
    method: 'GET',
    path: '/page',
    tag: '文档',
    summary: '页',
    roles: [],
    public: true,
    status: 200,
    answerFile: 'text/html',
  },
} as const satisfies Routes;

const document = openApiDocument([{ name: 'fund', routes, schemas: { Claim, unused: z.string(), routes } }], {
  version: '7',
});
const { post: file, get: list } = document.paths['/v1/claims']!;
const { post: send, delete: drop } = document.paths['/v1/lists/{version}']!;
const simulate = document.paths['/v1/simulations']!['post'];
const page = document.paths['/page']!['get'];

describe('schemas', () => {
  test('money is an integer in what is sent and in what is answered', () => {
    const fen = { type: 'integer', minimum: 0, description: '金额（分）', examples: [580_000_000] };
    expect(file!.requestBody!.content['application/json']!.schema.properties!['lossFen']).toMatchObject(fen);
    expect(document.components.schemas['Claim']!.properties!['paidFen']).toMatchObject(fen);
  });

  test('what the contract exports has its name, once; what no route uses is left out', () => {
    expect(Object.keys(document.components.schemas)).toEqual(['Claim', 'GatewayProblem', 'Problem']);
    expect(file!.responses['201']!.content!['application/json']!.schema).toEqual({
      $ref: '#/components/schemas/Claim',
    });
  });

  test('parameters of digits are integers', () => {
    const integer = { type: 'integer', minimum: 1 };
    expect(send!.parameters![0]).toMatchObject({
      name: 'version',
      required: true,
      schema: { ...integer, maximum: 999_999_999 },
    });
    expect(list!.parameters![0]).toMatchObject({ name: 'pageSize', schema: { ...integer, maximum: 200, default: 50 } });
  });

  test('a problem as the pipeline makes it has the members of its schema', () => {
    const errors = [{ pointer: '/a', code: 'c', message: 'm' }];
    const body = problemBody(
      { code: 'validation_failed', status: 422, title: '内容有误', errors },
      'id',
      '2026-11-23T00:00:00.000Z',
    );
    expect(Object.keys(problemSchemas.Problem.properties!).toSorted()).toEqual(Object.keys(body).toSorted());
  });
});

describe('who calls', () => {
  test.each([
    [file, [{ signature: [] }], '可调用：合作银行（bank）。'],
    [list, [{ bearer: [] }, { signature: [] }], '可调用：全部人员角色、合作银行（bank）。'],
    [page, [], '任何人均可调用，不需要凭证。'],
  ])('proof and sentence', (operation, security, description) => {
    expect(operation).toMatchObject({ security, description });
  });

  test.each([
    ['a signed POST', file, true],
    ['a POST of people', send, true],
    ['a POST that stores nothing, for both', simulate, false],
    ['a DELETE, for both', drop, false],
    ['a GET', list, undefined],
    ['a public route', page, undefined],
  ])('the Idempotency-Key of %s', (_what, operation, required) => {
    expect(operation!.parameters?.find(({ name }) => name === 'Idempotency-Key')?.required).toBe(required);
  });
});

describe('answers', () => {
  test('the good one has its headers, a thing made its address', () => {
    expect(Object.keys(file!.responses['201']!.headers!)).toEqual(['Location', 'Idempotency-Replayed', 'X-Request-Id']);
    expect(Object.keys(list!.responses['200']!.headers!)).toEqual(['X-Request-Id']);
    expect(drop!.responses['204']).not.toHaveProperty('content');
  });

  test('refusals are shared unless the route has codes of its own', () => {
    expect(file!.responses['422']!['x-codes']).toEqual([
      'validation_failed',
      'idempotency_key_reused',
      'loss_above_outstanding',
    ]);
    expect(file!.responses['404']).toEqual({ $ref: '#/components/responses/NotFound' });
    expect(Object.keys(file!['x-refusals']!)).toEqual(['loss_above_outstanding', 'not_found']);
    expect(document.components.responses['NotFound']!['x-codes']).toEqual(['not_found']);
  });

  test.each([
    [list, ['400', '401', '403', '406', '422', '429', '500', '503', '504']],
    [drop, ['400', '401', '403', '404', '406', '409', '422', '429', '500', '503', '504']],
    [page, ['400', '406', '422', '429', '500', '504']],
  ])('only what can happen', (operation, refusals) => {
    expect(Object.keys(operation!.responses).slice(1)).toEqual(refusals);
  });

  test('files are told by their types', () => {
    expect(send!.requestBody).toMatchObject({
      description: expect.stringContaining('4 MB'),
      content: { 'text/csv': {} },
    });
    expect(page!.responses['200']!.content).toEqual({ 'text/html': { schema: { type: 'string' } } });
  });
});

test('names are there once', () => {
  expect(() =>
    openApiDocument(
      [
        { name: 'a', routes },
        { name: 'b', routes },
      ],
      { version: '1' },
    ),
  ).toThrow('two operations');
  const both = [
    { name: 'a', routes, schemas: { Claim } },
    { name: 'b', routes: {}, schemas: { Claim: z.string() } },
  ];
  expect(() => openApiDocument(both, { version: '1' })).toThrow('two schemas are called Claim');
});
