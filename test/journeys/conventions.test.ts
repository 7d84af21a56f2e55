import { afterAll, beforeAll, test } from 'vitest';
import { answers } from './conventions/answers.ts';
import { checkAnyInput } from './conventions/any-input.ts';
import { callers } from './conventions/callers.ts';
import { content } from './conventions/content.ts';
import { keys } from './conventions/keys.ts';
import { startWorld, type World } from './conventions/world.ts';

const world = {} as World;
beforeAll(async () => {
  Object.assign(world, await startWorld());
});
afterAll(() => world.city.stop());

callers(world);
content(world);
keys(world);
answers(world);

test('no input brings a fault, and everything refused is a documented problem', async () => {
  await checkAnyInput(world, { requests: 400, seed: 2026 });
  await world.story.drained();
});
