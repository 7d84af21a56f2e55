import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { documentationPage } from '#packages/openapi/page';
import { pageStyle } from '#packages/openapi/page-style';
import type { OpenApiDocument } from '#packages/openapi/types';
import packageJson from '../../package.json' with { type: 'json' };
import { site } from './site.ts';

const { page, openApi, contentSecurityPolicy } = site();
const document = JSON.parse(openApi) as OpenApiDocument;

type Tag = { name: string; attributes: Record<string, string>; inside: string[] };

/** The opening tags in order. Throws where tags do not close in the order they opened. */
function readTags(html: string): Tag[] {
  const empty = ['meta', 'link', 'br', 'hr', 'img', 'input'];
  const open: string[] = [];
  const tags: Tag[] = [];
  const text = html.replace(/<style>[^<]*<\/style>/, '').replace('<!doctype html>', '');
  for (const [, closes, name = '', rest = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const attributes = Object.fromEntries(
      [...rest.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    tags.push({ name, attributes, inside: [...open] });
    if (!empty.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
  return tags;
}

const tags = readTags(page);
const all = (name: string) => tags.filter((tag) => tag.name === name);
const ids = tags.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));

test('the page is in Chinese, fits a phone, and has one of each landmark', () => {
  expect(all('html')[0]!.attributes['lang']).toBe('zh-CN');
  expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"');
  expect(all('title')).toHaveLength(1);
  for (const landmark of ['header', 'nav', 'main', 'footer', 'h1']) expect(all(landmark), landmark).toHaveLength(1);
});

test('the first link skips to the main part', () => {
  expect(all('a')[0]!.attributes).toMatchObject({ class: 'skip', href: '#main' });
  expect(all('main')[0]!.attributes['id']).toBe('main');
});

test('headings go down one step at a time', () => {
  const levels = tags.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]));
  expect(levels[0]).toBe(1);
  for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
});

test('every id is there once, and every link and label leads to one', () => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const wanted = tags.flatMap(({ attributes }) => [
    attributes['aria-labelledby'],
    attributes['href']?.replace(/^#/, ''),
  ]);
  expect(wanted.filter((id) => id !== undefined && id !== 'openapi.json' && !ids.includes(id))).toEqual([]);
});

test('every table has a label, and its heads say what they head', () => {
  for (const { attributes } of all('table')) expect(attributes['aria-labelledby']).toBeDefined();
  for (const { attributes, inside } of all('th')) {
    expect(attributes['scope']).toBe(inside.includes('thead') ? 'col' : 'row');
  }
});

test('nothing is run and nothing is loaded', () => {
  for (const name of ['script', 'link', 'img', 'iframe', 'object', 'form']) expect(all(name), name).toEqual([]);
  for (const { attributes } of tags) {
    expect(Object.keys(attributes).filter((key) => key.startsWith('on') || key === 'src' || key === 'style')).toEqual(
      [],
    );
  }
  expect(pageStyle).not.toMatch(/url\(|@import|</);
});

test('the policy allows the one style by its hash, and nothing else', () => {
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(contentSecurityPolicy).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

test('every operation, every problem and every schema has its place', () => {
  for (const methods of Object.values(document.paths)) {
    for (const { operationId } of Object.values(methods)) expect(ids).toContain(operationId);
  }
  for (const code of Object.keys(document['x-problems'])) expect(ids).toContain(`problem-${code}`);
  for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(`schema-${name}`);
});

test('the version is the package’s', () => {
  expect(document.info.version).toBe(packageJson.version);
});

/** WCAG 2: relative luminance of `#rgb` or `#rrggbb`. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('every text stands out from what is behind it, by day, by night and in print', () => {
  const themes = [...pageStyle.matchAll(/:root\{([^}]*)\}/g)].map(([, rules = '']) =>
    Object.fromEntries(
      [...rules.matchAll(/--([a-z]+):(#[0-9a-f]+)/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  );
  expect(themes).toHaveLength(3);
  for (const theme of themes) {
    for (const text of ['ink', 'soft', 'link', 'get', 'post', 'put', 'delete']) {
      for (const behind of ['paper', 'tint']) {
        const [dark = 0, light = 0] = [luminance(theme[text]!), luminance(theme[behind]!)].toSorted((a, b) => a - b);
        expect((light + 0.05) / (dark + 0.05), `${text} on ${behind}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  }
});

test('what a contract says is text on the page, not markup', () => {
  const [path = ''] = Object.keys(document.paths);
  const hostile = structuredClone(document);
  for (const operation of Object.values(hostile.paths[path]!)) operation.summary = '<img src=x onerror="alert(1)">&';
  const made = documentationPage(hostile);
  expect(made).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;');
  expect(made).not.toContain('<img');
});
