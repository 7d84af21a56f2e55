import { afterAll, beforeAll } from 'vitest';
import { decisions } from './whitelist/decisions.ts';
import { records } from './whitelist/records.ts';
import { roads } from './whitelist/roads.ts';
import { views } from './whitelist/views.ts';
import { startWorld, type World } from './whitelist/world.ts';

const world = {} as World;
beforeAll(async () => {
  Object.assign(world, await startWorld());
});
afterAll(() => world.stop());

roads(world);
views(world);
decisions(world);
records(world);
