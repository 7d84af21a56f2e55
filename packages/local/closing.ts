/** What has been started, to be ended in the reverse order. */
export type Closing = {
  atEnd(close: () => unknown): void;
  /** For what is still starting: it is ended once it has started, also where something beside it fails. */
  begun<Value>(starting: Promise<Value>, close: (value: Value) => unknown): Promise<Value>;
  /** Ends everything, once; one that cannot be ended does not keep the others. Rejects with the first such error. */
  close(): Promise<void>;
};

export function createClosing(): Closing {
  const closers: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;
  return {
    atEnd: (close) => void closers.push(close),
    begun(starting, close) {
      closers.push(() => starting.then(close, () => undefined));
      return starting;
    },
    close() {
      closed ??= (async () => {
        const errors: unknown[] = [];
        for (const close of closers.toReversed()) {
          try {
            await close();
          } catch (error) {
            errors.push(error);
          }
        }
        if (errors.length > 0) throw errors[0];
      })();
      return closed;
    },
  };
}
