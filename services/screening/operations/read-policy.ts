import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import type { PolicyBook } from '../policy-book.ts';
import { partsOf } from '../policy-line.ts';

/** Policies are data anybody may read: what a decision rested on is no secret. */
export function getPolicy({ book }: { book: PolicyBook }): Operation<typeof routes.getPolicy> {
  return async ({ params: { version } }) => {
    // A decision by a county's overlay names both: what they make together can be read under that name.
    const found = partsOf(version).overlay === undefined ? await book.filed(version) : await book.policyOf(version);
    return found === undefined ? refused('not_found') : done(found);
  };
}
