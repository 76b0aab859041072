/** A load in a process of its own: told what to send as JSON, it prints what it sent, in one line of JSON. */
import { fileURLToPath } from 'node:url';
import { LoadSender } from '../../bench/load-sender.ts';
import type { Place, PreparedDatagram } from '../../bench/load-sender.ts';
import { loadSendingLibc } from '../../bench/sending-libc.ts';

export interface LoadTask {
  readonly target: Place;
  /** Addresses that it sends from, in turns. */
  readonly sources: readonly string[];
  /** What each of them sends, in a circle: octets in hexadecimal. */
  readonly datagrams: readonly {
    readonly hex: string;
    readonly sequence?: NonNullable<PreparedDatagram['sequence']>;
  }[];
  /** Datagrams a second over all sources. */
  readonly rate: number;
  readonly seconds: number;
}

/** Arguments of node for a load. */
export const loadCommand = (task: LoadTask) => [fileURLToPath(import.meta.url), JSON.stringify(task)];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { target, sources, datagrams, rate, seconds } = JSON.parse(process.argv[2]!) as LoadTask;
  const prepared = datagrams.map(({ hex, ...rest }) => ({ bytes: Buffer.from(hex, 'hex'), ...rest }));
  const sender = new LoadSender(await loadSendingLibc(), {
    target,
    sources: sources.map((address) => ({ from: { address, port: 0 }, datagrams: prepared })),
    rate,
  });
  console.log(JSON.stringify(sender.run({ seconds })));
  sender.close();
}
