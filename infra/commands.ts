import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { serviceNames, type Subscriber, subscriberNames, subscriptions } from './subscriptions.ts';

const usage = `npm run operate -- sweep   <service>                                sends what waits in the service's outbox
npm run operate -- replay  <service> --since <instant> --to <service>  sends its events anew from that instant on
npm run operate -- redrive <service> --max <count>                  puts dead letters back into its queue
npm run operate -- refile  <service> --since <instant>              files audit rows again that the stream lost`;

export type Command =
  | { kind: 'sweep'; of: string }
  | { kind: 'replay'; of: string; since: string; to: Subscriber }
  | { kind: 'redrive'; of: Subscriber; max: number }
  | { kind: 'refile'; of: string; since: string };

/** What a command needs of the outside. `invoke` answers with the function's result and throws where it failed. */
export type Outside = {
  invoke: (functionName: string, event: Record<string, unknown>) => Promise<unknown>;
  queueUrl: (queueName: string) => Promise<string>;
  say: (line: string) => void;
};

/** A run of a function is limited in time; this many runs of one command are enough for any table. */
const runsPerCommand = 1_000;

/** Reads a command line; throws with what is wrong with it and how it is right. */
export function readCommand(words: readonly string[]): Command {
  try {
    return parseCommand(words);
  } catch (error) {
    const wrong = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`${wrong}\n\n${usage}`, { cause: error });
  }
}

function parseCommand(words: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { since: { type: 'string' }, to: { type: 'string' }, max: { type: 'string' } },
  });
  const [kind, of, ...rest] = positionals;
  if (of === undefined || rest.length > 0) throw new Error('one command and one service');
  switch (kind) {
    case 'sweep':
      return { kind, of: teller(of) };
    case 'replay':
      return { kind, of: teller(of), since: Instant.parse(values.since), to: subscriber(values.to ?? '') };
    case 'redrive':
      return { kind, of: subscriber(of), max: z.coerce.number().int().positive().max(10_000).parse(values.max) };
    case 'refile':
      return { kind, of: teller(of), since: Instant.parse(values.since) };
    case undefined:
    default:
      throw new Error(`no command ${kind ?? ''}`);
  }
}

export async function runCommand(command: Command, outside: Outside): Promise<void> {
  switch (command.kind) {
    case 'sweep':
      return sweep(command, outside);
    case 'replay':
      return replay(command, outside);
    case 'redrive':
      return redrive(command, outside);
    case 'refile':
      return refile(command, outside);
  }
}

const Swept = z.looseObject({ relayed: z.number(), left: z.number(), more: z.boolean() });

async function sweep({ of }: { of: string }, { invoke, say }: Outside): Promise<void> {
  const swept = Swept.parse(await invoke(outboxOf(of), { action: 'sweep' }));
  say(`${of}: ${swept.relayed} events relayed, ${swept.left} could not be${swept.more ? '; more wait' : ''}`);
}

const Replayed = z.looseObject({
  sent: z.number(),
  next: z.looseObject({ pk: z.string(), sk: z.string() }).optional(),
});

async function replay(
  { of, since, to }: { of: string; since: string; to: Subscriber },
  { invoke, queueUrl, say }: Outside,
): Promise<void> {
  const url = await queueUrl(workQueueOf(to));
  let next: { pk: string; sk: string } | undefined;
  let sent = 0;
  for (let runs = 0; runs < runsPerCommand; runs += 1) {
    const event = { action: 'replay', since, queueUrl: url, ...(next && { next }) };
    const answer = Replayed.parse(await invoke(outboxOf(of), event));
    sent += answer.sent;
    say(`${of}: ${sent} events since ${since} sent to ${to}`);
    if (answer.next === undefined) return;
    next = answer.next;
  }
  throw new Error(`${of}: not done after ${runsPerCommand} runs`);
}

const Redriven = z.looseObject({ moved: z.number(), left: z.number() });

async function redrive(
  { of, max }: { of: Subscriber; max: number },
  { invoke, queueUrl, say }: Outside,
): Promise<void> {
  const [work, deadLetters] = await Promise.all([queueUrl(workQueueOf(of)), queueUrl(`zhirong-${of}-work-dlq.fifo`)]);
  const event = { queueUrl: work, deadLetterQueueUrl: deadLetters, max };
  const { moved, left } = Redriven.parse(await invoke('zhirong-redrive', event));
  say(`${of}: ${moved} dead letters back in the queue, ${left} left`);
}

const Refiled = z.looseObject({ filed: z.number() });

async function refile({ of, since }: { of: string; since: string }, { invoke, say }: Outside): Promise<void> {
  const { filed } = Refiled.parse(await invoke(`zhirong-${of}-seal`, { action: 'refile', since }));
  say(`${of}: ${filed} audit rows since ${since} lie under their days`);
}

const outboxOf = (service: string) => `zhirong-${service}-outbox`;
const workQueueOf = (service: Subscriber) => `zhirong-${service}-work.fifo`;

function teller(name: string): string {
  const found = serviceNames.find((each) => each === name && subscriptions.some(({ from }) => from === each));
  if (found === undefined) throw new Error(`no service ${name} tells events`);
  return found;
}

function subscriber(name: string): Subscriber {
  const found = subscriberNames.find((each) => each === name);
  if (found === undefined) throw new Error(`no service ${name} has a queue; there are ${subscriberNames.join(', ')}`);
  return found;
}
