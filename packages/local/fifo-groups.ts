/** What the bridge needs to know of fauxqs 2.4.1's queue, whose types are not exported. */
export type FauxqsQueue = {
  fifoMessages: Map<string, FauxqsMessage[]>;
  fifoLockedGroups: Map<string, number>;
  inflightMessages: Map<string, { message: FauxqsMessage }>;
  isFifo(): boolean;
  dequeueFifo: (this: FauxqsQueue, count: number, visibility: unknown, deadLetters: unknown) => Received[];
  processTimers: (this: FauxqsQueue) => void;
  changeVisibility: (this: FauxqsQueue, receiptHandle: string, seconds: number) => void;
};

type Received = { ReceiptHandle: string };
type FauxqsMessage = { sequenceNumber?: string; messageGroupId?: string };

const largestReceive = 10;

/**
 * Lets one receive take up to ten messages of one group, as SQS does; fauxqs takes one and locks the group.
 * With several in flight, what comes back visible must also stand in its old order: fauxqs would turn it round.
 */
export function bridgeGroups(queue: FauxqsQueue): void {
  const { dequeueFifo, processTimers, changeVisibility } = queue;
  // What comes back visible while a receive goes on is for the next one, or a time-out of nought would never end.
  let receiving = false;

  Object.assign(queue, {
    dequeueFifo(this: FauxqsQueue, count: number, visibility: unknown, deadLetters: unknown) {
      const wanted = Math.min(count, largestReceive);
      const received: Received[] = [];
      const taken = new Map<string, number>();
      try {
        while (received.length < wanted) {
          const more = dequeueFifo.call(this, wanted - received.length, visibility, deadLetters);
          if (more.length === 0) break;
          receiving = true;
          for (const { ReceiptHandle } of more) {
            const group = this.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
            taken.set(group, (taken.get(group) ?? 0) + 1);
          }
          received.push(...more);
          // Only groups of this very receive are opened again; those of earlier ones stay locked.
          for (const group of taken.keys()) this.fifoLockedGroups.delete(group);
        }
      } finally {
        receiving = false;
      }
      for (const [group, inFlight] of taken) this.fifoLockedGroups.set(group, inFlight);
      return groupsTogether(this, received);
    },
    processTimers(this: FauxqsQueue) {
      if (receiving) return;
      const before = this.inflightMessages.size;
      processTimers.call(this);
      if (this.isFifo() && this.inflightMessages.size < before)
        for (const group of this.fifoMessages.values()) sort(group);
    },
    changeVisibility(this: FauxqsQueue, receiptHandle: string, seconds: number) {
      const group = this.inflightMessages.get(receiptHandle)?.message.messageGroupId;
      changeVisibility.call(this, receiptHandle, seconds);
      if (group !== undefined) sort(this.fifoMessages.get(group) ?? []);
    },
  });
}

/** The rounds above interleave groups; within a group the order is kept, so a stable grouping is all that is needed. */
function groupsTogether(queue: FauxqsQueue, received: Received[]): Received[] {
  const groupOf = (handle: string) => queue.inflightMessages.get(handle)?.message.messageGroupId ?? '';
  return [...Map.groupBy(received, ({ ReceiptHandle }) => groupOf(ReceiptHandle)).values()].flat();
}

/** Sequence numbers are zero-padded to one length, so they sort as text. */
function sort(group: FauxqsMessage[]): void {
  group.sort((a, b) => ((a.sequenceNumber ?? '') < (b.sequenceNumber ?? '') ? -1 : 1));
}
