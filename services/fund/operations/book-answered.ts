import type { Outcome, Receipt } from '#packages/outcome';
import type { Write } from '#packages/table';
import type { Answer, Command } from '../ledger/command.ts';
import { type Ledger, post } from '../ledger/post.ts';

type Telling<Told> = { told: Told; beside?: readonly Write[] };

/**
 * Books a command with what is answered to who asked, in one transaction. `telling` is asked once the command has
 * decided, anew with each attempt. `told` is the very answer that was proved, or it would be kept, and said to be
 * replayed, a second time; there is none where the command was refused, or booked by somebody before.
 */
export async function bookAnswered<Told extends Outcome<unknown>>(
  ledger: Ledger,
  fundId: string,
  command: Command,
  receipt: Receipt,
  telling: () => Telling<Told> | undefined,
): Promise<{ answer: Answer | undefined; told: Told | undefined }> {
  let last: Told | undefined;
  const [answer] = await post(ledger, fundId, [
    {
      ...command,
      beside: (planned) => {
        const next = planned.kind === 'refused' ? undefined : telling();
        if (next === undefined) return [];
        last = next.told;
        return [...(next.beside ?? []), ...receipt(next.told)];
      },
    },
  ]);
  return { answer, told: answer?.kind === 'posted' && !answer.replayed ? last : undefined };
}
