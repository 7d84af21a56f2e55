/** A wait that can be cut short; a wake that comes while nobody waits cuts the next wait. */
export type Idle = { wake: () => void; sleep: (ms: number) => Promise<void> };

export function startIdle(): Idle {
  const waiting = new Set<() => void>();
  let woken = false;
  return {
    wake: () => {
      woken = waiting.size === 0;
      for (const end of waiting) end();
    },
    sleep: async (ms) => {
      if (woken) {
        woken = false;
        return;
      }
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        waiting.add(end);
      });
    },
  };
}
