/** The part of the value that one right may hold before the bundle rests on it. A choice of ours. */
export const concentrationWarnBps = 5_000n;
