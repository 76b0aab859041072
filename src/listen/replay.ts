import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { openFile } from '../pcap/byte-source.ts';
import type { ByteSource } from '../pcap/byte-source.ts';
import { CaptureError } from '../pcap/capture-error.ts';
import type { CapturedDatagram } from '../pcap/captured-datagram.ts';
import { CaptureReader } from '../pcap/capture-reader.ts';
import type { CaptureCounts } from '../pcap/outcome.ts';
import { UdpExtractor } from '../pcap/udp-extractor.ts';
import { Datagram } from './datagram.ts';
import type { ReplayTarget } from './listen-target.ts';
import type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
import { replayLosses } from './replay-losses.ts';
import { ReplayTime } from './replay-time.ts';
import { Sources } from './sources.ts';

/** Packets between two turns of the event loop. */
const BATCH = 64;

/** Longest sleep while a datagram is not due, and while the sink says `wait`. Both bound how long a stop takes. */
const IDLE_SLEEP_MS = 20;
const FULL_SLEEP_MS = 4;

/** A datagram that is due in less is handed over at once: timers are no finer. */
const TIMER_MS = 1;

/** Milliseconds that only go forward, and ways to let others have the thread. */
export interface ReplayClock {
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
  nextTurn(): Promise<unknown>;
}

const realClock: ReplayClock = { now: () => performance.now(), sleep, nextTurn: () => nextTurn() };

/**
 * A capture in place of a socket, so that what happened once can be had again (D-19).
 *
 * All UDP datagrams are handed over, whatever their ports; the receive time is that of the capture, see
 * {@link ReplayTime} for several passes. Nothing is ever dropped: the replay waits for its sink. A capture that ends
 * within a packet gives all before that and a warning; one with an impossible length in it rejects `done`.
 */
export class Replay implements Listener {
  readonly done: Promise<void>;
  readonly #target: ReplayTarget;
  readonly #clock: ReplayClock;
  readonly #sources = new Sources();
  readonly #datagram = new Datagram();
  readonly #time: ReplayTime;
  readonly #extractor = new UdpExtractor();
  /** Packets in all: over passes, since a short capture in memory has no other turn of the event loop. */
  #looked = 0;
  #running = false;
  #stopping = false;
  #settle: (error?: Error) => void = () => {};

  constructor(target: ReplayTarget, clock: ReplayClock = realClock) {
    this.#target = target;
    this.#clock = clock;
    this.#time = new ReplayTime(target.speed);
    this.done = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Whoever waits for it sees the error; that nobody waits must not end the process.
    this.done.catch(() => {});
  }

  /** What became of the packets of the pass that runs, or ran last. */
  get counts(): Readonly<CaptureCounts> {
    return this.#extractor.counts;
  }

  async start(sink: DatagramSink): Promise<ListenerInfo> {
    const { path } = this.#target;
    const source = await openFile(path);
    const reader = new CaptureReader(source, path);
    try {
      await reader.open();
    } catch (error) {
      await source.close();
      throw error;
    }
    this.#running = true;
    void this.#run(sink, source, reader).then(
      () => this.#settle(),
      (error: Error) => this.#settle(error),
    );
    return { address: path, port: 0, bufferAsked: 0, bufferGranted: 0, receive: 'replay' };
  }

  /** Ends between two datagrams. There is nothing to drain: what was not handed over is still in the file. */
  async stop(_drainMs: number): Promise<void> {
    this.#stopping = true;
    if (!this.#running) this.#settle();
    await this.done.catch(() => {});
  }

  kernelDrops(): undefined {
    return undefined;
  }

  async #run(sink: DatagramSink, source: ByteSource, reader: CaptureReader): Promise<void> {
    const { loop } = this.#target;
    try {
      for (let pass = 1; ; pass++) {
        const finished = await this.#pass(sink, reader, pass === 1);
        sink.endOfBatch();
        if (!finished || pass === loop || this.counts.datagram === 0) return;
        this.#time.nextPass();
        this.#extractor.restart();
        await reader.rewind();
      }
    } finally {
      await source.close();
    }
  }

  /** Replays the file once; false when it was told to stop. Tells once what could not be replayed. */
  async #pass(sink: DatagramSink, reader: CaptureReader, first: boolean): Promise<boolean> {
    try {
      if (!(await this.#packets(sink, reader))) return false;
    } catch (error) {
      if (!(error instanceof CaptureError) || error.code !== 'GF_CAPTURE_TRUNCATED') throw error;
      if (first) sink.warning?.(`${error.message}: what comes before was replayed`);
    }
    const losses = first ? replayLosses(this.#extractor) : undefined;
    if (losses !== undefined) sink.warning?.(`${this.#target.path}: ${losses}`);
    return true;
  }

  async #packets(sink: DatagramSink, reader: CaptureReader): Promise<boolean> {
    const extractor = this.#extractor;
    do {
      while (reader.next()) {
        if (++this.#looked % BATCH === 0) {
          sink.endOfBatch();
          await this.#clock.nextTurn();
        }
        if (extractor.extract(reader.packet) !== 'datagram') continue;
        const due = this.#time.due(extractor.datagram, this.#clock);
        const ready = due <= 0 && !this.#stopping && sink.poll() === 'go';
        if (!ready && !(await this.#hold(sink, due))) return false;
        this.#handOver(sink, extractor.datagram);
      }
      if (this.#stopping) return false;
    } while (await reader.fill());
    return true;
  }

  /** Waits until a datagram is due in `ms` milliseconds and the sink takes it; false when told to stop before. */
  async #hold(sink: DatagramSink, ms: number): Promise<boolean> {
    const due = this.#clock.now() + ms;
    for (let fullSleep = 1; ;) {
      if (this.#stopping) return false;
      const answer = sink.poll();
      if (answer === 'stop') return false;
      const early = due - this.#clock.now();
      if (answer === 'go' && early < TIMER_MS) return true;
      sink.endOfBatch();
      await this.#clock.sleep(answer === 'go' ? Math.min(early, IDLE_SLEEP_MS) : fullSleep);
      fullSleep = answer === 'go' ? 1 : Math.min(2 * fullSleep, FULL_SLEEP_MS);
    }
  }

  #handOver(sink: DatagramSink, found: CapturedDatagram): void {
    const datagram = this.#datagram;
    datagram.bytes = found.bytes;
    datagram.view = found.view;
    datagram.offset = found.offset;
    datagram.length = found.length;
    datagram.source = this.#sources.get(found.sourceBytes, found.sourceAt, found.sourceLength);
    datagram.sourcePort = found.sourcePort;
    this.#time.stamp(found, datagram.received);
    sink.datagram(datagram);
  }
}
