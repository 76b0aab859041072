import { GoFlowError } from '../../config/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { Counters } from '../../metrics/counters.ts';
import { KvBucket } from './kv-bucket.ts';
import type { KvSettings } from './kv-bucket.ts';

/** How long a command waits for all keys of a bucket. */
const OPEN_MS = 15_000;

/** Changes under way at a time. */
const AT_ONCE = 256;

/** What a key is set to; undefined deletes it. */
export type KeyChange = readonly [key: string, value: string | undefined];

/** A bucket for as long as a command takes. */
export interface OpenBucket {
  /** The values of all keys, when it was opened. */
  readonly values: ReadonlyMap<string, string>;
  /**
   * Makes changes, in the order that they are given in as far as that can be told.
   *
   * @throws GoFlowError at the first one that cannot be made
   */
  change(changes: readonly KeyChange[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a bucket and reads it.
 *
 * @throws GoFlowError (`GF_NATS_BUCKET`) with what is in the way
 */
export async function openBucket(settings: KvSettings, log: Logger): Promise<OpenBucket> {
  const values = new Map<string, string>();
  const failed = (detail: string) => new GoFlowError('GF_NATS_BUCKET', `bucket ${settings.bucket}: ${detail}`);
  let give!: (error: Error) => void;
  const trouble = new Promise<never>((_, reject) => (give = reject));
  trouble.catch(() => {}); // the one of a later moment is told by what `change` returns
  const events = {
    opened: () => values.clear(),
    changed: ({ key, value }: { key: string; value: Uint8Array | undefined }) => {
      if (value === undefined) values.delete(key);
      else values.set(key, new TextDecoder().decode(value));
    },
    caughtUp: () => {},
    trouble: (detail: string) => give(failed(detail)),
  };
  const bucket = new KvBucket(settings, events, { counters: new Counters(), log });
  try {
    if (!(await Promise.race([bucket.start(OPEN_MS), trouble]))) throw failed('the server does not answer');
  } catch (error) {
    await bucket.stop();
    throw error;
  }
  return {
    values: new Map(values),
    close: () => bucket.stop(),
    async change(changes) {
      for (let i = 0; i < changes.length; i += AT_ONCE) {
        const made = changes.slice(i, i + AT_ONCE).map(async ([key, value]) => ({
          key,
          done: await (value === undefined ? bucket.delete(key) : bucket.put(key, value)),
        }));
        const missed = (await Promise.all(made)).find(({ done }) => done !== 'done'); // eslint-disable-line no-await-in-loop
        if (missed !== undefined) throw failed(`${missed.key}: ${bucket.trouble ?? missed.done}`);
      }
    },
  };
}
