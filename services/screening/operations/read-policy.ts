import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { defaultPolicy } from '../policy.ts';

/** Policies are data anybody may read: what a decision rested on is no secret. */
export function getPolicy(): Operation<typeof routes.getPolicy> {
  return async ({ params }) => (params.version === defaultPolicy.version ? done(defaultPolicy) : refused('not_found'));
}
