import type { RightKind } from '../contract/right-schemas.ts';
import type { Answer, Examined } from './register-facts.ts';

export const authorities = [
  'patent-register',
  'trademark-register',
  'copyright-register',
  'layout-register',
  'zhongdeng',
] as const;
export type Authority = (typeof authorities)[number];

/**
 * A reason for which a pledge is not registered, or is worth little once it is. A hard one stops until the fact is
 * another; a curable one warns until both parties say that they know of it and still want the pledge.
 */
export type Ground = {
  number: number;
  code: string;
  text: string;
  hardness: 'hard' | 'curable';
  cure: string;
  of: (right: Examined) => Answer;
};

export function authorityOf(kind: RightKind): Authority {
  switch (kind) {
    case 'invention':
    case 'utility-model':
    case 'design':
      return 'patent-register';
    case 'trademark':
      return 'trademark-register';
    case 'copyright':
    case 'software':
      return 'copyright-register';
    case 'ic-layout':
      return 'layout-register';
    case 'licence-income':
      return 'zhongdeng';
  }
}
