import { type FileAnswer, httpFunction, type Operations } from '#packages/lambda/http';
import { done } from '#packages/outcome';
import { routes } from './contract.ts';
import { site } from './site.ts';

/** Long enough to spare repeated reading, short enough that a new version is seen. */
const cacheControl = 'public, max-age=300';

/** The documentation, and the 404 for what nobody has. */
export const api = () => httpFunction({ routes, operations });

const showPage = async () => {
  const { page, contentSecurityPolicy } = site();
  return done<FileAnswer>({
    content: page,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
      'cache-control': cacheControl,
    },
  });
};

const operations: Operations<typeof routes> = {
  showStart: showPage,
  showDocumentation: showPage,
  getOpenApi: async () => done<FileAnswer>({ content: site().openApi, headers: { 'cache-control': cacheControl } }),
};
