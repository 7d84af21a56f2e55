/** The parts of a request that can be signed. `query` is without its question mark, names of headers are lower-case. */
export type RequestParts = {
  method: string;
  authority: string;
  path: string;
  query: string;
  headers: ReadonlyMap<string, string>;
};
export type ResponseParts = { status: number; headers: ReadonlyMap<string, string> };

/** A component by its name; `ofRequest` where an answer covers a part of the request that it answers (`;req`). */
export type Component = { name: string; queryParam?: string; ofRequest?: boolean };

const ambiguous = /[\r\n\p{Cs}]/u;

/** `"@method";req`: how a component is named in a list and in the base. */
export function componentText({ name, queryParam, ofRequest = false }: Component): string {
  return `"${name}"${queryParam === undefined ? '' : `;name="${queryParam}"`}${ofRequest ? ';req' : ''}`;
}

/**
 * The text that is signed (RFC 9421, 2.5): a line for each component, then the list itself with its parameters as it
 * stands in `Signature-Input`. Undefined where a component is not there, or its value could be read as more lines than one
 * or has no bytes of its own: two messages would share a base.
 */
export function signatureBase(
  components: readonly Component[],
  listText: string,
  valueOf: (component: Component) => string | undefined,
): string | undefined {
  let base = '';
  for (const component of components) {
    const value = valueOf(component);
    if (value === undefined || ambiguous.test(value)) return undefined;
    base += `${componentText(component)}: ${value}\n`;
  }
  return `${base}"@signature-params": ${listText}`;
}

export function requestValue({ name, queryParam }: Component, request: RequestParts): string | undefined {
  switch (name) {
    case '@method':
      return request.method;
    case '@authority':
      return request.authority;
    case '@path':
      return request.path;
    case '@query':
      return `?${request.query}`;
    case '@query-param':
      return queryParam === undefined ? undefined : (new URLSearchParams(request.query).get(queryParam) ?? undefined);
    default:
      return request.headers.get(name);
  }
}

export function responseValue(
  component: Component,
  response: ResponseParts,
  request: RequestParts,
): string | undefined {
  if (component.ofRequest === true) return requestValue(component, request);
  return component.name === '@status' ? String(response.status) : response.headers.get(component.name);
}
