/** A member of an {@link LruList}: it carries its own links, so that moving it allocates nothing. */
export class LruNode {
  // not as fields with a value: with many classes of members V8 takes a microsecond to define one (measured)
  declare newer: LruNode;
  declare older: LruNode;

  constructor() {
    this.newer = this;
    this.older = this;
  }
}

/** Members in the order of their last use. Membership costs nothing but the links in the member. */
export class LruList<T extends LruNode> {
  readonly #ring = new LruNode();

  /** The member that was not used for the longest time. */
  get oldest(): T | undefined {
    return this.#ring.newer === this.#ring ? undefined : (this.#ring.newer as T);
  }

  /** Makes a member, or a node that becomes one, the most recently used. */
  touch(node: T): void {
    if (this.#ring.older === node) return;
    this.remove(node);
    node.older = this.#ring.older;
    node.newer = this.#ring;
    this.#ring.older.newer = node;
    this.#ring.older = node;
  }

  /** Takes a member out; one that is not in stays out. */
  remove(node: T): void {
    node.newer.older = node.older;
    node.older.newer = node.newer;
    node.newer = node.older = node;
  }

  /** From the oldest to the newest. A member may be removed while it is the current one. */
  *[Symbol.iterator](): Generator<T, undefined> {
    for (let node = this.#ring.newer; node !== this.#ring;) {
      const next = node.newer;
      yield node as T;
      node = next;
    }
  }
}
