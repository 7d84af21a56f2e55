import type { Table } from '#packages/table';

/** What the operations of this service stand on. */
export type Deps = { table: Table };
