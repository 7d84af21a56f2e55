import { expect, test } from 'vitest';
import { type Outside, readCommand, runCommand } from './commands.ts';

const since = '2026-01-01T00:00:00.000Z';

/** Answers of the functions, one after the other; everything asked and said is kept. */
function outside(...answers: unknown[]) {
  const invoked: [string, Record<string, unknown>][] = [];
  const said: string[] = [];
  const world: Outside = {
    invoke: async (name, event) => {
      invoked.push([name, event]);
      return answers[invoked.length - 1];
    },
    queueUrl: async (name) => `https://sqs.example/${name}`,
    say: (line) => said.push(line),
  };
  return { world, invoked, said };
}

test('sweep starts the sweep of one service', async () => {
  const { world, invoked, said } = outside({ relayed: 3, left: 1, more: false, oldestSeconds: 60 });
  await runCommand(readCommand(['sweep', 'screening']), world);
  expect(invoked).toEqual([['zhirong-screening-outbox', { action: 'sweep' }]]);
  expect(said).toEqual(['screening: 3 events relayed, 1 could not be']);
});

test('replay goes on where a run of the function stopped', async () => {
  const next = { pk: 'RUN#1', sk: 'EVENT#0000000001' };
  const { world, invoked, said } = outside({ sent: 500, next }, { sent: 20 });
  await runCommand(readCommand(['replay', 'screening', '--since', since, '--to', 'screening']), world);
  const event = { action: 'replay', since, queueUrl: 'https://sqs.example/zhirong-screening-work.fifo' };
  expect(invoked).toEqual([
    ['zhirong-screening-outbox', event],
    ['zhirong-screening-outbox', { ...event, next }],
  ]);
  expect(said.at(-1)).toBe(`screening: 520 events since ${since} sent to screening`);
});

test('redrive names both queues', async () => {
  const { world, invoked, said } = outside({ moved: 2, left: 0 });
  await runCommand(readCommand(['redrive', 'screening', '--max', '100']), world);
  expect(invoked).toEqual([
    [
      'zhirong-redrive',
      {
        queueUrl: 'https://sqs.example/zhirong-screening-work.fifo',
        deadLetterQueueUrl: 'https://sqs.example/zhirong-screening-work-dlq.fifo',
        max: 100,
      },
    ],
  ]);
  expect(said).toEqual(['screening: 2 dead letters back in the queue, 0 left']);
});

test('refile files audit rows again', async () => {
  const { world, invoked } = outside({ filed: 7 });
  await runCommand(readCommand(['refile', 'screening', '--since', since]), world);
  expect(invoked).toEqual([['zhirong-screening-seal', { action: 'refile', since }]]);
});

test('an answer that is not one is a fault', async () => {
  const { world } = outside(null);
  await expect(runCommand(readCommand(['sweep', 'screening']), world)).rejects.toThrow();
});

test.each([
  [[]],
  [['sweep']],
  [['sweep', 'portal']],
  [['sweep', 'screening', 'twice']],
  [['purge', 'screening']],
  [['replay', 'screening', '--to', 'screening']],
  [['replay', 'screening', '--since', '2026-01-01', '--to', 'screening']],
  [['replay', 'screening', '--since', since, '--to', 'portal']],
  [['redrive', 'screening']],
  [['redrive', 'screening', '--max', '0']],
  [['redrive', 'screening', '--max', '1.5']],
  [['sweep', 'screening', '--force']],
])('%j is no command', (words) => {
  expect(() => readCommand(words)).toThrow();
});
