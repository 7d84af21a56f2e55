/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string };
type Part = Html | readonly Html[] | string | number | undefined;

/**
 * A piece of a page: text that is put in is escaped, markup is not, nothing is nothing. The indentation of the
 * template itself stays in the code.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.reduce(
    (made, text, index) => made + markupOf(parts[index - 1]) + text.replace(/\n\s+/g, '\n'),
  );
  return { markup };
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(`${part}`);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text in which code stands between backticks. */
export function rich(text: string): Html {
  const pieces = text
    .split('`')
    .map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
  return html`${pieces}`;
}

/** Things with something between them. */
export function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
}
