import { problems } from './problems.ts';

/** The refusals that many routes share, to be spread into a route's list. */
export const notFound = { not_found: problems.not_found };
export const forbidden = { forbidden: problems.forbidden };
export const stateConflict = { state_conflict: { status: 409, title: '当前状态不允许这样做' } } as const;
export const versionConflict = { version_conflict: { status: 409, title: '内容已被他人更改' } } as const;
export const secondPerson = { second_person_required: { status: 409, title: '须由另一人办理' } } as const;
export const alreadyExists = { already_exists: { status: 409, title: '已有相同编号、不同内容的记录' } } as const;
