/** The sender in a process of its own. It is told seconds, sends for so long, and answers with what it sent. */
import { LoadSender } from '../load-sender.ts';
import { loadSendingLibc } from '../sending-libc.ts';
import { loads } from './loads.ts';
import type { LoadName } from './loads.ts';

/** What it is started with. */
export interface LoadTask {
  readonly load: LoadName;
  readonly port: number;
  /** Datagrams a second; null is as fast as one core can. */
  readonly rate: number | null;
  readonly exporters: number;
  readonly seed: number;
}

const task = JSON.parse(process.argv[2]!) as LoadTask;
const sources = Array.from({ length: task.exporters }, (_, i) => ({
  from: { address: `127.1.0.${i + 1}`, port: 0 },
  datagrams: loads[task.load].datagrams(task.seed, i),
}));
const target = { address: '127.0.0.1', port: task.port };
const rate = task.rate === null ? {} : { rate: task.rate };
const sender = new LoadSender(await loadSendingLibc(), { target, sources, ...rate });

process.on('message', (seconds: number) => void process.send!(sender.run({ seconds })));
process.send!('ready');
