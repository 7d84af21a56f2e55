import { peopleAndPartners } from './roles.ts';
import { guide, type GuideBlock } from './guide.ts';
import { html, type Html, rich } from './html.ts';
import { operationSection, schemaSection } from './page-operation.ts';
import { pageStyle } from './page-style.ts';
import type { OpenApiDocument, OpenApiOperation, ProblemEntry } from './types.ts';

/** Exactly the style between the tags: its hash is what the page's policy allows. */
const styleElement: Html = { markup: `<style>${pageStyle}</style>` };

type Listed = { path: string; method: string; operation: OpenApiOperation };

/**
 * The documentation as one page of HTML, made from the document alone: no script, nothing loaded from elsewhere.
 * Its only style is `pageStyle`, in one element, for a Content-Security-Policy that allows it by hash.
 */
export function documentationPage(document: OpenApiDocument): string {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ path, method, operation })),
  );
  const tags = document.tags.map(({ name }, index) => ({
    id: `tag-${index + 1}`,
    name,
    operations: listed.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { schemas } = document.components;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title} 文档</title>
        ${styleElement}
      </head>
      <body>
        <a class="skip" href="#main">跳到正文 Skip to content</a>
        <header>
          <h1>${document.info.title} 文档</h1>
          <p>
            知识产权质押融资入园惠企的城市系统 · 版本 ${document.info.version} ·
            <a href="openapi.json">OpenAPI 3.1（openapi.json）</a>
          </p>
        </header>
        <div class="frame">
          <nav aria-labelledby="index">
            <h2 id="index">目录 Contents</h2>
            <p>约定 Conventions</p>
            <ul>
              ${guide.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
              <li><a href="#roles">角色 Roles</a></li>
              <li><a href="#problems">拒绝与处置 Problems</a></li>
            </ul>
            ${tags.map(
              ({ name, operations }) =>
                html`<p>${name}</p>
                  <ul>
                    ${operations.map(indexEntry)}
                  </ul> `,
            )}
            <p>其他</p>
            <ul>
              <li><a href="#schemas">数据结构 Schemas</a></li>
            </ul>
          </nav>
          <main id="main">
            <h2>约定 Conventions</h2>
            <p>示例中的 <code>$BASE</code> 为本系统的地址，<code>$TOKEN</code> 为访问令牌。</p>
            ${guide.map(
              ({ id, title, blocks }) =>
                html`<h3 id="${id}">${title}</h3>
                  ${blocks.map(guideBlock)}`,
            )}
            ${rolesTable()} ${problemsTable(document['x-problems'])}
            ${tags.map(
              ({ id, name, operations }) =>
                html`<h2 id="${id}">${name}</h2>
                  ${operations.map(({ path, method, operation }) => operationSection(path, method, operation, schemas))}`,
            )}
            <h2 id="schemas">数据结构 Schemas</h2>
            ${Object.keys(schemas).map((name) => schemaSection(name, schemas))}
          </main>
        </div>
        <footer><p>由契约生成，与运行中的系统一致。</p></footer>
      </body>
    </html> `.markup;
}

/** The first clause of a summary is enough to find it by. */
function indexEntry({ method, operation }: Listed): Html {
  const [clause] = operation.summary.split(/[（：，]/);
  return html`<li>
    <a href="#${operation.operationId}">${clause} <span class="method ${method}">${method.toUpperCase()}</span></a>
  </li>`;
}

function guideBlock(block: GuideBlock): Html {
  if (typeof block === 'string') return html`<p>${rich(block)}</p> `;
  return html`<ul>
    ${block.list.map((item) => html`<li>${rich(item)}</li>`)}
  </ul> `;
}

function rolesTable(): Html {
  return html`<h3 id="roles">角色 Roles</h3>
    <table aria-labelledby="roles">
      <thead>
        <tr>
          <th scope="col" class="name">角色</th>
          <th scope="col" class="type">凭证</th>
          <th scope="col">范围</th>
        </tr>
      </thead>
      <tbody>
        ${peopleAndPartners.map(
          ({ role, name, proof, reach }) =>
            html`<tr>
              <th scope="row">${name} <code>${role}</code></th>
              <td>${proof}</td>
              <td>${reach}</td>
            </tr> `,
        )}
      </tbody>
    </table> `;
}

function problemsTable(problems: Record<string, ProblemEntry>): Html {
  return html`<h3 id="problems">拒绝与处置 Problems</h3>
    <p>
      拒绝一律为 <code>application/problem+json</code>（RFC 9457），成员为
      <code>type</code
      >、<code>title</code>、<code>status</code>、<code>detail</code>、<code>code</code>、<code>requestId</code>、<code>serverTime</code>，字段有误时另有
      <code>errors</code>。程序按 <code>code</code> 判断，不要解析文字。网关自身的 413、429、504 只有前三项与
      <code>code</code>。下列代码各操作都可能答复，操作自己的代码见各操作。
    </p>
    <table aria-labelledby="problems">
      <thead>
        <tr>
          <th scope="col" class="status">状态</th>
          <th scope="col" class="code">代码</th>
          <th scope="col">含义与处置</th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(problems)
          .toSorted(([, left], [, right]) => left.status - right.status)
          .map(
            ([code, { status, title, advice }]) =>
              html`<tr id="problem-${code}">
                <td>${status}</td>
                <th scope="row"><code>${code}</code></th>
                <td>${title}。${advice}</td>
              </tr> `,
          )}
      </tbody>
    </table> `;
}
