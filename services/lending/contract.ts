export { eventTypes } from './contract/events.ts';
export * from './contract/report-schemas.ts';
export * from './contract/right-schemas.ts';
