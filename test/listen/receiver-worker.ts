import { parentPort, workerData } from 'node:worker_threads';
import type { Datagram } from '#src/listen/datagram.js';
import type { DatagramSink, Listener } from '#src/listen/listener.js';
import { PortListener } from '#src/listen/port-listener.js';
import { Spread } from '#src/listen/spread.js';
import { MmsgListener } from '#src/listen/udp-mmsg.js';
import { UdpDgramListener } from '#src/listen/udp-dgram.js';
import { GO, STOP, WAIT, type Answer, type Received, type Request, type Task } from './receiver.js';

const task = workerData as Task;
const shared = new Int32Array(task.shared);
const port = parentPort!;
let batch: Received[] = [];

function answer(message: Answer): void {
  port.postMessage(message);
}

/** Stalls on request: by its answer to `poll`, and by blocking its thread where listeners do not wait for that. */
const sink: DatagramSink = {
  poll() {
    const command = Atomics.load(shared, 0);
    return command === WAIT ? 'wait' : command === STOP ? 'stop' : 'go';
  },
  ready() {
    return Atomics.load(shared, 0) !== WAIT;
  },
  batch(count) {
    Atomics.add(shared, 5, count);
  },
  datagram(datagram: Datagram) {
    while (task.socket === undefined && Atomics.load(shared, 0) === WAIT) Atomics.wait(shared, 0, WAIT);
    if (task.record) {
      batch.push({
        source: datagram.source.text,
        port: datagram.sourcePort,
        bytes: datagram.bytes.slice(datagram.offset, datagram.offset + datagram.length),
        received: (BigInt(datagram.received[1]!) << 32n) | BigInt(datagram.received[0]!),
        at: Date.now(),
      });
    }
    const so = Atomics.add(shared, 1, 1) + 1;
    if (so === Atomics.load(shared, 6)) Atomics.store(shared, 0, WAIT);
    if (task.slowMs > 0) Atomics.wait(shared, 3, 0, task.slowMs);
  },
  endOfBatch() {
    Atomics.add(shared, 2, 1);
    if (batch.length > 0) answer({ kind: 'batch', batch });
    batch = [];
  },
  dropped() {
    Atomics.add(shared, 4, 1);
  },
  warning(text) {
    answer({ kind: 'warning', text });
  },
};

const spread = task.peers && new Spread(sink, task.peers, task.queueOctets ?? 1 << 20, task.waits ?? false);

function build(): Listener {
  if (task.feed !== undefined) return new PortListener(task.feed);
  return task.socket === undefined ? new UdpDgramListener(task.options) : new MmsgListener(task.socket);
}

const listener = build();

port.on('message', (message: Request) => {
  if (message.kind === 'stop') void listener.stop(message.drainMs);
  else if (message.kind === 'peer') spread!.replace(message.index, message.port);
  else answer({ kind: 'drops', drops: listener.kernelDrops() });
});

try {
  const info = await listener.start(spread ?? sink);
  answer({ kind: 'started', info });
  await listener.done;
  spread?.end();
  answer({ kind: 'stopped', drops: listener.kernelDrops() });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  answer({ kind: 'failed', message, code: String(code) });
}
Atomics.store(shared, 0, GO);
port.close();
