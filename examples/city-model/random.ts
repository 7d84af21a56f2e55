/** A source of numbers that anyone can repeat: the same seed and label give the same sequence for ever. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number between the two, both included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One of the names, each as often as its weight says. */
  weighted<K extends string>(weights: readonly (readonly [K, number])[]): K;
};

/**
 * Starts a sequence of its own for each label, so that a change in one enterprise or one table leaves all others as
 * they were (cyrb128 to spread the seed, sfc32 to draw).
 */
export function randomFrom(seed: number, label: string): Random {
  const draw = sfc32(spread(`${seed}/${label}`));
  const int = (from: number, to: number) => from + Math.floor(draw() * (to - from + 1));
  return {
    next: draw,
    int,
    chance: (probability) => draw() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    weighted(weights) {
      const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
      let left = draw() * total;
      for (const [name, weight] of weights) {
        left -= weight;
        if (left < 0) return name;
      }
      const [first] = weights;
      if (first === undefined) throw new Error('nothing to choose from');
      return first[0];
    },
  };
}

function spread(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (const char of text) {
    const k = char.codePointAt(0) ?? 0;
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

function sfc32([a0, b0, c0, d0]: [number, number, number, number]): () => number {
  let [a, b, c, d] = [a0 | 0, b0 | 0, c0 | 0, d0 | 0];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}
