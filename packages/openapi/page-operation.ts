import { curlOf } from './curl.ts';
import { componentName, exampleOf } from './example.ts';
import { type Field, fieldOf, fieldsOf } from './fields.ts';
import { html, type Html, joined, rich } from './html.ts';
import type { Answer, OpenApiOperation, Schema, Schemas } from './types.ts';

/** Everything about one operation: who, what goes in, what comes out, what it may refuse, and an example. */
export function operationSection(path: string, method: string, operation: OpenApiOperation, schemas: Schemas): Html {
  const id = operation.operationId;
  const parameters = (operation.parameters ?? []).map((parameter): Field => {
    const field = fieldOf(parameter.name, parameter.schema, parameter.required === true, schemas);
    return { ...field, description: `${placeNames[parameter.in]}。${parameter.description ?? field.description}` };
  });
  return html`<section class="operation" id="${id}" aria-labelledby="${id}-title">
    <h3 id="${id}-title"><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code></h3>
    <p>${operation.summary}</p>
    <p class="who">${operation.description}</p>
    ${parameters.length > 0 ? fieldTable(`${id}-parameters`, '参数 Parameters', parameters) : undefined}
    ${bodyPart(id, operation, schemas)} ${answerPart(id, operation, schemas)} ${refusalPart(id, operation)}
    <h4>示例 Example</h4>
    <pre><code>${curlOf(method, path, operation)}</code></pre>
  </section> `;
}

const placeNames = { path: '路径', query: '查询', header: '请求头' };

function bodyPart(id: string, operation: OpenApiOperation, schemas: Schemas): Html | undefined {
  const body = operation.requestBody;
  if (body === undefined) return undefined;
  const json = body.content['application/json'];
  if (json === undefined) {
    const types = Object.keys(body.content).map((type) => html`<code>${type}</code>`);
    return html`<h4>正文 Body</h4>
      <p>${body.description}。类型：${joined(types, ' 或 ')}</p> `;
  }
  const fields = fieldsOf(json.schema, schemas);
  if (fields.length > 0) return fieldTable(`${id}-body`, '正文 Body', fields);
  return html`<h4>正文 Body</h4>
    <p><code>{}</code></p> `;
}

function answerPart(id: string, operation: OpenApiOperation, schemas: Schemas): Html {
  const [status = '', answer = {}] = Object.entries(operation.responses)[0] ?? [];
  const headers = Object.keys(answer.headers ?? {}).map((name) => html`<code>${name}</code>`);
  const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
  const kind = type === undefined ? undefined : html`，<code>${type}</code>`;
  const ref = content?.schema.$ref;
  const named = ref === undefined ? undefined : html`：${schemaLink(componentName(ref))}`;
  const title = html`<h4 id="${id}-answer">应答 Answer</h4>
    <p><strong>${status}</strong> ${answer.description}${kind}${named}。响应头：${joined(headers, '、')}</p> `;
  if (content?.example === undefined) return title;
  const table =
    content.schema.$ref === undefined
      ? fieldRows(`${id}-answer`, fieldsOf(content.schema, schemas), '必有')
      : undefined;
  return html`${title}${table}
    <details>
      <summary>应答示例</summary>
      <pre><code>${JSON.stringify(content.example, undefined, 2)}</code></pre>
    </details> `;
}

function refusalPart(id: string, operation: OpenApiOperation): Html {
  const own = Object.entries(operation['x-refusals'] ?? {});
  const ownCodes = own.map(([code]) => code);
  const isUsual = ({ $ref, 'x-codes': codes = [] }: Answer) =>
    $ref !== undefined || codes.some((code) => !ownCodes.includes(code));
  const usual = Object.entries(operation.responses).filter(([, answer]) => isUsual(answer));
  const statuses = usual.map(([status]) => status).join('、');
  const table = html`<table aria-labelledby="${id}-refusals">
    <thead>
      <tr>
        <th scope="col" class="status">状态</th>
        <th scope="col" class="code">代码</th>
        <th scope="col">含义与处置</th>
      </tr>
    </thead>
    <tbody>
      ${own.map(
        ([code, { status, title, advice }]) =>
          html`<tr>
            <td>${status}</td>
            <th scope="row"><code>${code}</code></th>
            <td>${title}。${advice}</td>
          </tr> `,
      )}
    </tbody>
  </table> `;
  return html`<h4 id="${id}-refusals">拒绝 Problems</h4>
    ${own.length > 0 ? table : undefined}
    <p>通用拒绝：${statuses}，见<a href="#problems">拒绝与处置</a>。</p> `;
}

/** A named schema: its fields, or what it is where it has none. */
export function schemaSection(name: string, schemas: Schemas): Html {
  const schema = schemas[name] ?? {};
  const fields = fieldsOf(schema, schemas);
  const text = schema.description === undefined ? undefined : html`<p>${schema.description}</p> `;
  const inside = fields.length === 0 ? plainSchema(schema, schemas) : fieldRows(`schema-${name}`, fields, '必有');
  return html`<h3 id="schema-${name}">${name}</h3>
    ${text}${inside}`;
}

function plainSchema(schema: Schema, schemas: Schemas): Html {
  const options = schema.anyOf ?? schema.oneOf;
  if (options === undefined) return html`<p>${typeAndLimits(fieldOf('', schema, true, schemas))}</p> `;
  return html`<p>下列之一：</p>
    <ul>
      ${options.map((option) => {
        const names = Object.keys(option.properties ?? {});
        if (names.length === 0) return html`<li>${typeAndLimits(fieldOf('', option, true, schemas))}</li>`;
        const fields = fieldsOf(option, schemas).map(
          (field) => html`<code>${field.name}</code> ${typeAndLimits(field)}`,
        );
        return html`<li>${joined(fields, '；')}</li>`;
      })}
    </ul>
    <details>
      <summary>示例</summary>
      <pre><code>${JSON.stringify(exampleOf(schema, schemas), undefined, 2)}</code></pre>
    </details> `;
}

function fieldTable(id: string, title: string, fields: readonly Field[]): Html {
  return html`<h4 id="${id}">${title}</h4>
    ${fieldRows(id, fields, '必填')}`;
}

/** `need` is what a field that must be there is marked with: what is sent is filled in, what is answered is there. */
function fieldRows(labelledBy: string, fields: readonly Field[], need: '必填' | '必有'): Html {
  return html`<table aria-labelledby="${labelledBy}">
    <thead>
      <tr>
        <th scope="col" class="name">名称</th>
        <th scope="col" class="type">类型与约束</th>
        <th scope="col">说明</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        (field) =>
          html`<tr>
            <th scope="row">
              <code>${field.name}</code>${field.required ? html` <span class="need">${need}</span>` : undefined}
            </th>
            <td>${typeAndLimits(field)}</td>
            <td>${field.description}</td>
          </tr> `,
      )}
    </tbody>
  </table> `;
}

function typeAndLimits({ type, ref, limits }: Field): Html {
  const kind = html`${rich(type)}${ref === undefined ? undefined : schemaLink(ref)}`;
  return joined([kind, ...limits.map(rich)], '；');
}

function schemaLink(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`;
}
