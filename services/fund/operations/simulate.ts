import type { Operation } from '#packages/lambda/http';
import { done } from '#packages/outcome';
import { simulate as computed } from '../arithmetic/simulate.ts';
import type { routes } from '../contract.ts';

/** 试算: the arithmetic of a real claim on what was asked, with nothing read and nothing stored. */
export const simulateClaim: Operation<typeof routes.simulateClaim> = async ({ body }) => done(computed(body));
