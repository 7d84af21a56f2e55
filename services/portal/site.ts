import { createHash } from 'node:crypto';
import { openApiDocument } from '#packages/openapi/document';
import { documentationPage } from '#packages/openapi/page';
import { pageStyle } from '#packages/openapi/page-style';
import * as partners from '#services/partners/contract';
import * as lending from '#services/lending/contract';
import * as fund from '#services/fund/contract';
import * as screening from '#services/screening/contract';
import * as portal from './contract.ts';

/** What the portal shows: the document and the page as they are sent, and the policy the page is sent with. */
export type Site = { openApi: string; page: string; contentSecurityPolicy: string };

/** Every service that has routes; a test holds this list to the folders. */
const services = [
  { name: 'screening', routes: screening.routes, schemas: screening },
  { name: 'partners', routes: partners.routes, schemas: partners },
  { name: 'fund', routes: fund.routes, schemas: fund },
  { name: 'lending', routes: lending.routes, schemas: lending },
  { name: 'portal', routes: portal.routes },
];

/** The project's; a test holds it to the package's. */
const version = '0.1.0';

let made: Site | undefined;

/**
 * The site, made from the contracts once. In a bundle this module is replaced by its own result (`build.ts`), so that
 * a function that starts has nothing to make.
 */
export function site(): Site {
  made ??= makeSite();
  return made;
}

function makeSite(): Site {
  const document = openApiDocument(services, { version });
  const style = createHash('sha256').update(pageStyle).digest('base64');
  return {
    openApi: JSON.stringify(document),
    page: documentationPage(document),
    contentSecurityPolicy: [
      "default-src 'none'",
      `style-src 'sha256-${style}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}
