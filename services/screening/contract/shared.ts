import * as z from 'zod';
import { Id } from './schemas.ts';

/** What several routes say in the same words. */
export const ofEnterprise = z.strictObject({ uscc: Id });
export const notFound = { not_found: { status: 404, title: '没有这个对象，或不在您的权限范围内' } } as const;
export const stateConflict = { state_conflict: { status: 409, title: '当前状态不允许这样做' } } as const;
export const forbidden = { forbidden: { status: 403, title: '不在您的权限范围内' } } as const;
