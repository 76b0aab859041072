import { Mutator } from './mutator.ts';
import type { Random } from './random.ts';
import type { Session } from './seeds.ts';

/** Datagrams of one run against one template store. */
const MAX_SESSION = 64;

/** Makes sessions out of seeds: some datagrams as they are, most of them changed. */
export class Generator {
  readonly #random: Random;
  readonly #mutator: Mutator;
  readonly #pool: Session[];

  constructor(random: Random, seeds: readonly Session[]) {
    this.#random = random;
    this.#mutator = new Mutator(random);
    this.#pool = [...seeds];
  }

  /** Keeps a session that showed something new: later ones are made from it. */
  keep(session: Session): void {
    this.#pool.push(session);
  }

  /** The next session: 1 to 64 datagrams, at most `limit`. */
  next(limit = MAX_SESSION): Uint8Array[] {
    const random = this.#random;
    const longest = Math.min(limit, MAX_SESSION);
    const count = 1 + random.below(random.oneIn(4) ? longest : Math.min(longest, 8));
    const base = random.pick(this.#pool);
    let at = random.below(base.length);
    const session: Uint8Array[] = [];
    while (session.length < count) {
      const datagram = random.oneIn(6) ? random.pick(random.pick(this.#pool)) : base[at++ % base.length]!;
      session.push(random.oneIn(4) ? datagram : this.#changed(datagram));
    }
    return session;
  }

  #changed(datagram: Uint8Array): Uint8Array {
    const random = this.#random;
    const mutator = this.#mutator;
    mutator.load(datagram);
    let rounds = 1;
    while (rounds < 6 && random.oneIn(2)) rounds++;
    for (let i = 0; i < rounds; i++) mutator.mutate(random.pick(random.pick(this.#pool)));
    if (!random.oneIn(4)) mutator.repair();
    return mutator.bytes.slice(0, mutator.length);
  }
}
