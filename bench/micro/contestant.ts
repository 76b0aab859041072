/** Something that turns datagrams into messages, in memory and on one thread. */
export interface Contestant {
  readonly name: string;
  /** Takes all datagrams once; the number of flow messages that came out. */
  turn(): number;
}

/** What a contestant did in its rounds. */
export interface Outcome {
  readonly name: string;
  /** Messages for a second of CPU time: the median of the rounds, the least and the most. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Seconds of CPU that a round takes about, and rounds that are not counted. */
const ROUND_SECONDS = 0.4;
const WARM_UP = 2;

/** Lets contestants work in turns, so that a machine that slows down slows them all. */
export function race(contestants: readonly Contestant[], rounds: number): Outcome[] {
  const rates = contestants.map((): number[] => []);
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const rate = measure(contestant);
      if (round >= 0) rates[i]!.push(rate);
    }
  }
  return contestants.map(({ name }, i) => {
    const sorted = rates[i]!.sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! };
  });
}

function measure(contestant: Contestant): number {
  const before = process.cpuUsage();
  let messages = 0;
  let seconds = 0;
  while (seconds < ROUND_SECONDS) {
    messages += contestant.turn();
    const { user, system } = process.cpuUsage(before);
    seconds = (user + system) / 1e6;
  }
  return messages / seconds;
}
