import type { Route } from '#packages/contract';
import { describeRefusals } from './advice.ts';
import { goodHeaders, needsKey, refusalAnswers } from './answers.ts';
import { exampleOf } from './example.ts';
import type { Rendered, Row } from './render.ts';
import { isPartnerRole, whoMayCall } from './roles.ts';
import { tellParameter } from './schemas.ts';
import type { Answer, Content, OpenApiOperation, Parameter, Schema, Schemas } from './types.ts';

/** One operation: what the renderer made of its schemas, and all that the contract says beside them. */
export function operationOf(row: Row, rendered: Rendered, schemas: Schemas): OpenApiOperation {
  const { route, service, operationId } = row;
  const parameters = [...addressParameters(route, rendered, schemas), ...keyParameter(route)];
  const body = requestBody(route, rendered, schemas);
  const own = describeRefusals(route.refusals ?? {});
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    description: whoMayCall(route.roles, route.public === true),
    security: [
      ...(route.roles.some((role) => !isPartnerRole(role)) ? [{ bearer: [] }] : []),
      ...(route.roles.some(isPartnerRole) ? [{ signature: [] }] : []),
    ],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: { [`${route.status}`]: goodAnswer(route, rendered, schemas), ...refusalAnswers(route) },
    'x-service': service,
    'x-roles': [...route.roles],
    ...(Object.keys(own).length > 0 && { 'x-refusals': own }),
  };
}

/** Parameters that mean the same in every list. */
const usualParameters: Record<string, string> = { pageSize: '每页条数', cursor: '上一页的 nextCursor' };

function addressParameters(route: Route, rendered: Rendered, schemas: Schemas): Parameter[] {
  return rendered.parameters.map((parameter) => {
    const { name } = parameter;
    const source = parameter.in === 'path' ? route.params : route.query;
    const description = parameter.description ?? parameter.schema.description ?? usualParameters[name];
    const told = tellParameter(
      { ...parameter, ...(description !== undefined && { description }) },
      source?.shape[name],
    );
    return told.required === true ? { ...told, example: exampleOf(told.schema, schemas, name) } : told;
  });
}

/** The header that makes a call safe to repeat. Where only those who sign must send it, OpenAPI can but say so. */
function keyParameter(route: Route): Parameter[] {
  const needed = needsKey(route);
  if (needed === 'no') return [];
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: needed === 'always',
      description: needed === 'always' ? '这笔业务的键；重试时沿用同一个' : '机构签名调用时必填；人员调用时不需要',
      schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{16,64}$' },
      example: '20261123093000-000001',
    },
  ];
}

/** A file has no fields to tell of. */
const bytes: Schema = { type: 'string', format: 'binary' };

function requestBody(route: Route, rendered: Rendered, schemas: Schemas): OpenApiOperation['requestBody'] {
  if (route.file !== undefined) {
    return {
      required: true,
      description: `文件原样发送，不超过 ${route.file.maxBytes / 1024 / 1024} MB`,
      content: Object.fromEntries(route.file.mediaTypes.map((mediaType) => [mediaType, { schema: bytes }])),
    };
  }
  if (rendered.body === undefined) return undefined;
  return { required: true, content: withExamples(rendered.body, schemas) };
}

function goodAnswer(route: Route, rendered: Rendered, schemas: Schemas): Answer {
  const content = route.answerFile === undefined ? rendered.answer : fileContent(route.answerFile);
  return {
    description: goodSentence[route.status],
    headers: goodHeaders(route),
    ...(content !== undefined && {
      content: route.answerFile === undefined ? withExamples(content, schemas) : content,
    }),
  };
}

function fileContent(mediaType: string): Content {
  if (mediaType.endsWith('json')) return { [mediaType]: { schema: { type: 'object' } } };
  return { [mediaType]: { schema: mediaType.startsWith('text/') ? { type: 'string' } : bytes } };
}

const goodSentence: Record<Route['status'], string> = {
  200: '完成',
  201: '已建立',
  202: '已受理，在后台办理',
  204: '完成，没有正文',
};

function withExamples(content: Content, schemas: Schemas): Content {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema }]) => [type, { schema, example: exampleOf(schema, schemas) }]),
  );
}
