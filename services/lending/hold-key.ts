import type { RightKind } from './contract/right-schemas.ts';
import { plainNumber } from './rights/number-reading.ts';
import { rightKey } from './rights/right-number.ts';

const patentKinds: ReadonlySet<RightKind> = new Set(['invention', 'utility-model', 'design']);
const patentBody = /^(?:ZL|CN)?(?<body>[0-9]{12}|[0-9]{8})(?:\.?[0-9X])?$/;

/**
 * The name under which a right is held by one live bundle at most. A patent goes by its digits alone: named as another
 * kind, or with a wrong check digit, it is the same one.
 */
export function holdKeyOf(right: { kind: RightKind; number: string }, uscc: string): string {
  const body = patentKinds.has(right.kind) ? patentBody.exec(plainNumber(right.number))?.groups?.['body'] : undefined;
  return body === undefined ? rightKey(right, uscc) : `patent#${body}`;
}
