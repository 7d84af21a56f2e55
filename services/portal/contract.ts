import type { Routes } from '#packages/contract';

/** What anybody may read. Every path that no other service has ends here too, as a 404. */
export const routes = {
  showStart: {
    method: 'GET',
    path: '/',
    tag: '文档',
    summary: '首页：接口文档',
    roles: [],
    public: true,
    status: 200,
    answerFile: 'text/html',
  },
  showDocumentation: {
    method: 'GET',
    path: '/docs',
    tag: '文档',
    summary: '接口文档（一页，无脚本，可打印）',
    roles: [],
    public: true,
    status: 200,
    answerFile: 'text/html',
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: '文档',
    summary: 'OpenAPI 3.1 文档，供程序使用',
    roles: [],
    public: true,
    status: 200,
    answerFile: 'application/json',
  },
} as const satisfies Routes;
