import type { KV } from '@nats-io/kv';

/** A network of the context: the value of a key. */
export interface Network {
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly context: Readonly<Record<string, string>>;
}

/** The networks of one source in a bucket: the keys that begin with its prefix, and no others. */
export class Networks {
  readonly #bucket: KV;
  readonly #prefix: string;
  /** What the bucket has, so that nothing is written twice. */
  readonly #written = new Map<string, string>();
  /** Changes are made one after the other. */
  #queue: Promise<void> = Promise.resolve();

  /** @param prefix such as `network.pod` */
  private constructor(bucket: KV, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Reads what an earlier run has left. */
  static async open(bucket: KV, prefix: string): Promise<Networks> {
    const networks = new Networks(bucket, prefix);
    for await (const key of await bucket.keys(`${prefix}.>`)) {
      const entry = await bucket.get(key);
      if (entry !== null && entry.operation === 'PUT') networks.#written.set(key, entry.string());
    }
    return networks;
  }

  /** Sets one; undefined takes it away. */
  set(id: string, network: Network | undefined): Promise<void> {
    return this.#then(() => this.#write(this.#keyOf(id), network));
  }

  /** Makes these all that there are. */
  replace(all: ReadonlyMap<string, Network>): Promise<void> {
    return this.#then(async () => {
      const keys = new Map([...all].map(([id, network]) => [this.#keyOf(id), network]));
      for (const key of this.#written.keys()) if (!keys.has(key)) await this.#write(key, undefined);
      for (const [key, network] of keys) await this.#write(key, network);
    });
  }

  /** Settles when all that was asked for is in the bucket; rejects when one of it could not be written. */
  written(): Promise<void> {
    return this.#queue;
  }

  #then(change: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(change);
    return this.#queue;
  }

  async #write(key: string, network: Network | undefined): Promise<void> {
    const value = network === undefined ? undefined : JSON.stringify(network);
    if (this.#written.get(key) === value) return;
    if (value === undefined) {
      await this.#bucket.delete(key);
      this.#written.delete(key);
    } else {
      await this.#bucket.put(key, value);
      this.#written.set(key, value);
    }
  }

  /** Keys have letters, digits and a few signs; the rest of a name is written `=` and its octets in hexadecimal. */
  #keyOf(id: string): string {
    const safe = id.replaceAll(/[^-_/.a-zA-Z0-9]/g, (sign) => `=${Buffer.from(sign).toString('hex')}`);
    return `${this.#prefix}.${safe}`;
  }
}
