import * as z from 'zod';

/** What an expression of a template may refer to. Every lookup throws where the template does not declare the thing. */
export type Scope = {
  /** `Ref`: parameters, pseudo parameters and resources; `undefined` for `AWS::NoValue`. */
  reference(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  imported(exportName: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
};

const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const GetAtt = z.union([
  z.tuple([z.string(), z.string()]),
  z.string().transform((path): [string, string] => {
    const dot = path.indexOf('.');
    return [path.slice(0, dot), path.slice(dot + 1)];
  }),
]);
const Join = z.tuple([z.string(), z.array(Text)]);
const SubWithNames = z.tuple([z.string(), z.record(z.string(), z.unknown())]);
const Select = z.tuple([z.coerce.number(), z.array(z.unknown())]);
const Split = z.tuple([z.string(), z.string()]);
const If = z.tuple([z.string(), z.unknown(), z.unknown()]);
const Pair = z.tuple([z.unknown(), z.unknown()]);
const MapKeys = z.tuple([z.string(), z.string(), z.string()]);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `${Name}` is a reference, `${Thing.Attr}` an attribute, `${!Word}` stays as it is without the mark. */
function substitute(scope: Scope, text: string, names: Record<string, unknown>): string {
  return text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(names, name)) return Text.parse(resolve(scope, names[name]));
    const dot = name.indexOf('.');
    if (dot < 0) return Text.parse(scope.reference(name));
    return Text.parse(scope.attribute(name.slice(0, dot), name.slice(dot + 1)));
  });
}

const intrinsics: Record<string, (scope: Scope, argument: unknown) => unknown> = {
  Ref: (scope, name) => scope.reference(z.string().parse(name)),
  'Fn::GetAtt'(scope, argument) {
    const [logicalId, name] = GetAtt.parse(argument);
    return scope.attribute(logicalId, Text.parse(resolve(scope, name)));
  },
  'Fn::Join'(scope, argument) {
    const [glue, parts] = Join.parse(resolve(scope, argument));
    return parts.join(glue);
  },
  'Fn::Sub': (scope, argument) =>
    typeof argument === 'string' ? substitute(scope, argument, {}) : substitute(scope, ...SubWithNames.parse(argument)),
  'Fn::ImportValue': (scope, name) => scope.imported(Text.parse(resolve(scope, name))),
  'Fn::Select'(scope, argument) {
    const [index, values] = Select.parse(resolve(scope, argument));
    if (!(index in values)) throw new Error(`Fn::Select asks for element ${index} of ${values.length}.`);
    return values[index];
  },
  'Fn::Split'(scope, argument) {
    const [mark, text] = Split.parse(resolve(scope, argument));
    return text.split(mark);
  },
  'Fn::If'(scope, argument) {
    const [name, yes, no] = If.parse(argument);
    return resolve(scope, scope.condition(name) ? yes : no);
  },
  'Fn::FindInMap': (scope, argument) => scope.mapping(...MapKeys.parse(resolve(scope, argument))),
  'Fn::ToJsonString': (scope, argument) => JSON.stringify(resolve(scope, argument)),
  'Fn::Base64': (scope, argument) => Buffer.from(Text.parse(resolve(scope, argument))).toString('base64'),
};

/**
 * The value of an expression: every intrinsic in it replaced, keys and elements of `AWS::NoValue` left out.
 * An intrinsic that is not known throws: a guess here would host something else than what is deployed.
 */
export function resolve(scope: Scope, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(scope, item)).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1) {
    const [name, argument] = only;
    const intrinsic = intrinsics[name];
    if (intrinsic !== undefined) return intrinsic(scope, argument);
    if (name.startsWith('Fn::')) throw new Error(`The template uses ${name}, which the local cloud does not know.`);
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key, resolve(scope, item)]).filter(([, item]) => item !== undefined),
  );
}

/** A condition of the template (`Conditions`), or an expression inside one. */
export function holds(scope: Scope, condition: unknown): boolean {
  if (!isRecord(condition)) throw new Error('A condition must be an expression.');
  const [[name, argument] = ['', undefined]] = Object.entries(condition);
  switch (name) {
    case 'Condition':
      return scope.condition(z.string().parse(argument));
    case 'Fn::Equals': {
      const [left, right] = Pair.parse(resolve(scope, argument));
      return left === right;
    }
    case 'Fn::Not':
      return !z
        .array(z.unknown())
        .parse(argument)
        .every((part) => holds(scope, part));
    case 'Fn::And':
      return z
        .array(z.unknown())
        .parse(argument)
        .every((part) => holds(scope, part));
    case 'Fn::Or':
      return z
        .array(z.unknown())
        .parse(argument)
        .some((part) => holds(scope, part));
    default:
      throw new Error(`The template uses ${name} in a condition, which is not known here.`);
  }
}
