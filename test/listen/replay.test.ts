import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { CaptureError } from '#src/pcap/capture-error.js';
import { PcapWriter } from '#src/pcap/writer.js';
import type { UdpFrame } from '#src/pcap/udp-frame.js';
import { Replay } from '#src/listen/replay.js';
import type { ReplayClock } from '#src/listen/replay.js';
import type { Datagram } from '#src/listen/datagram.js';
import type { DatagramSink } from '#src/listen/listener.js';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function save(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.pcap`);
  writeFileSync(path, bytes);
  return path;
}

const udp = (text: string, change: Partial<UdpFrame> = {}): UdpFrame => ({
  source: Uint8Array.of(192, 0, 2, 1),
  destination: Uint8Array.of(192, 0, 2, 2),
  sourcePort: 50_000,
  destinationPort: 2055,
  payload: Buffer.from(text),
  ...change,
});

/** A capture with one datagram a time, in seconds after 1,700,000,000. */
function capture(...times: number[]): Uint8Array {
  const writer = new PcapWriter();
  times.forEach((time, i) => {
    const seconds = Math.floor(time);
    writer.datagram(udp(`${i}`), 1_700_000_000 + seconds, Math.round((time - seconds) * 1e9));
  });
  return writer.take();
}

interface Received {
  readonly text: string;
  readonly from: string;
  readonly time: bigint;
}

/** Remembers what it gets; says what `answer` says to every poll. */
class Sink implements DatagramSink {
  readonly received: Received[] = [];
  readonly warnings: string[] = [];
  polls = 0;
  batches = 0;
  answer: () => 'go' | 'wait' | 'stop' = () => 'go';

  poll() {
    this.polls++;
    return this.answer();
  }

  datagram({ bytes, offset, length, source, sourcePort, received }: Datagram) {
    this.received.push({
      text: Buffer.from(bytes.subarray(offset, offset + length)).toString(),
      from: `${source.text}:${sourcePort}`,
      time: (BigInt(received[1]!) << 32n) | BigInt(received[0]!),
    });
  }

  endOfBatch() {
    this.batches++;
  }

  warning(text: string) {
    this.warnings.push(text);
  }
}

/** Time that passes only in sleeps. */
class FakeClock implements ReplayClock {
  ms = 5000;
  readonly sleeps: number[] = [];
  turns = 0;
  now = () => this.ms;
  sleep = async (ms: number) => {
    this.sleeps.push(ms);
    this.ms += ms;
  };
  nextTurn = async () => {
    this.turns++;
  };
}

const target = (path: string, speed = Infinity, loop = 1) => ({ scheme: 'file', path, speed, loop }) as const;
const texts = (sink: Sink) => sink.received.map(({ text }) => text).join(' ');
const second = 1_000_000_000n;
const start = 1_700_000_000n * second;

test('hands over every datagram with its source, port and receive time of the capture', async () => {
  const writer = new PcapWriter();
  writer.datagram(udp('one'), 1_700_000_000, 123_456_789);
  const mapped = Buffer.from('00000000000000000000ffffc0000207', 'hex');
  writer.datagram(udp('two', { source: mapped, destination: mapped, sourcePort: 1 }), 1_700_000_001, 0);
  writer.datagram(udp(''), 1_700_000_001, 1);
  writer.datagram(udp('in fragments of an octet each '.repeat(9), { mtu: 60 }), 1_700_000_002, 0);
  const path = save(writer.take());
  const sink = new Sink();
  const replay = new Replay(target(path));
  const info = await replay.start(sink);
  await replay.done;
  assert.deepEqual(info, { address: path, port: 0, bufferAsked: 0, bufferGranted: 0, receive: 'replay' });
  assert.deepEqual(sink.received.slice(0, 3), [
    { text: 'one', from: '192.0.2.1:50000', time: start + 123_456_789n },
    { text: 'two', from: '192.0.2.7:1', time: start + second }, // D-11
    { text: '', from: '192.0.2.1:50000', time: start + second + 1n },
  ]);
  assert.equal(sink.received[3]!.text.length, 270);
  assert.equal(sink.received.length, 4);
  assert.deepEqual(sink.warnings, []);
  assert.ok(sink.batches >= 1);
  assert.equal(replay.kernelDrops(), undefined);
  assert.equal(replay.counts.datagram, 4);
});

test('time goes on in later passes: the span of the capture and a second more', async () => {
  const path = save(capture(0.75, 0, 0.5)); // not in order
  const sink = new Sink();
  const replay = new Replay(target(path, Infinity, 3));
  await replay.start(sink);
  await replay.done;
  assert.equal(texts(sink), '0 1 2 0 1 2 0 1 2');
  const ms = sink.received.map(({ time }) => Number((time - start) / 1_000_000n));
  assert.deepEqual(ms, [750, 0, 500, 2500, 1750, 2250, 4250, 3500, 4000]);
});

test('a capture larger than what is in memory is replayed again from its beginning', async () => {
  const writer = new PcapWriter();
  for (let i = 0; i < 1000; i++) writer.datagram(udp(`${i}`.padEnd(1400)), 1, i);
  const sink = new Sink();
  const replay = new Replay(target(save(writer.take()), Infinity, 2));
  await replay.start(sink);
  await replay.done;
  assert.deepEqual(
    sink.received.map(({ text }) => Number(text)),
    Array.from({ length: 2000 }, (_, i) => i % 1000),
  );
});

test('loop=0 goes on until it is stopped', async () => {
  const path = save(capture(0, 1, 2));
  const sink = new Sink();
  const replay = new Replay(target(path, Infinity, 0));
  sink.answer = () => (sink.received.length < 1000 ? 'go' : 'stop');
  await replay.start(sink);
  await replay.done;
  assert.equal(sink.received.length, 1000);
});

test('a capture without datagrams ends an endless loop, with a warning', async () => {
  const sink = new Sink();
  const replay = new Replay(target(save(new PcapWriter().take()), Infinity, 0));
  await replay.start(sink);
  await replay.done;
  assert.match(sink.warnings.join(), /there is no UDP datagram in it/);
});

test('speed is a factor of the time of capture', async () => {
  for (const [speed, expected] of [
    [1, [0, 100, 100, 1500]],
    [2, [0, 50, 50, 750]],
    [0.5, [0, 200, 200, 3000]],
  ] as const) {
    const clock = new FakeClock();
    const sink = new Sink();
    const at: number[] = [];
    const replay = new Replay(target(save(capture(10, 10.1, 10.05, 11.5)), speed), clock);
    const datagram = sink.datagram.bind(sink);
    sink.datagram = (found) => (at.push(clock.ms - 5000), datagram(found));
    await replay.start(sink);
    await replay.done;
    assert.equal(at.length, 4);
    at.forEach((ms, i) => assert.ok(Math.abs(ms - expected[i]!) <= 1, `datagram ${i} after ${ms} ms`));
    assert.ok(Math.max(...clock.sleeps) <= 20, 'sleeps are short enough for a stop');
    assert.ok(sink.polls > 10, 'the sink is asked while nothing is due');
  }
});

test('never drops: waits while the sink says so, with sleeps in between', async () => {
  const clock = new FakeClock();
  const sink = new Sink();
  const replay = new Replay(target(save(capture(...Array.from({ length: 100 }, (_, i) => i)))), clock);
  sink.answer = () => (sink.polls % 5 === 0 ? 'go' : 'wait');
  await replay.start(sink);
  await replay.done;
  assert.equal(texts(sink), Array.from({ length: 100 }, (_, i) => i).join(' '));
  assert.ok(clock.sleeps.length >= 300, 'a sleep between polls');
  assert.ok(clock.sleeps.every((ms) => ms >= 1 && ms <= 4));
});

test('waiting costs no CPU to speak of', async () => {
  const sink = new Sink();
  sink.answer = () => 'wait';
  const replay = new Replay(target(save(capture(0, 1))));
  await replay.start(sink);
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 150_000, `${user + system} µs of CPU in 300 ms`);
  assert.ok(sink.polls < 310);
  await replay.stop(0);
  assert.equal(sink.received.length, 0);
});

test('messages are handled while it runs at full speed, also from memory alone', async () => {
  const path = save(capture(0, 0, 0));
  const { port1, port2 } = new MessageChannel();
  const sink = new Sink();
  const replay = new Replay(target(path, Infinity, 0));
  sink.answer = () => {
    if (sink.polls === 3000) port1.postMessage('stop');
    return sink.polls < 300_000 ? 'go' : 'stop';
  };
  port2.on('message', () => void replay.stop(0));
  await replay.start(sink);
  await replay.done;
  port1.close();
  assert.ok(sink.polls < 300_000, 'the message came before the end');
});

test('stop ends it at once: while nothing is due, before the start, and twice', async () => {
  const path = save(capture(0, 3600));
  const sink = new Sink();
  const replay = new Replay(target(path, 1));
  await replay.start(sink);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const before = performance.now();
  await replay.stop(10_000);
  await replay.stop(0);
  await replay.done;
  assert.ok(performance.now() - before < 500);
  assert.equal(sink.received.length, 1);

  const unstarted = new Replay(target(path));
  await unstarted.stop(0);
  await unstarted.done;
});

test('a capture cut in its last packet: all before it, and a warning once', async () => {
  const whole = capture(0, 1, 2);
  const path = save(whole.subarray(0, whole.length - 3));
  const sink = new Sink();
  const replay = new Replay(target(path, Infinity, 2));
  await replay.start(sink);
  await replay.done;
  assert.equal(texts(sink), '0 1 0 1');
  assert.equal(sink.warnings.length, 1);
  assert.match(sink.warnings[0]!, /\.pcap: offset \d+: the file ends within a packet or block: what comes before/);
});

test('an impossible length: all before it, then done rejects with file and offset', async () => {
  const whole = capture(0, 1);
  const path = save(Buffer.concat([whole, Buffer.alloc(16, 0xff)]));
  const sink = new Sink();
  const replay = new Replay(target(path));
  await replay.start(sink);
  await assert.rejects(replay.done, (error: unknown) => {
    assert.ok(error instanceof CaptureError);
    assert.equal(error.code, 'GF_CAPTURE_FORMAT');
    assert.equal(error.file, path);
    assert.equal(error.offset, whole.length);
    return true;
  });
  assert.equal(texts(sink), '0 1');
  await replay.stop(0);
});

test('start rejects for what is no capture', async () => {
  const cases: [path: string, code: string, message: RegExp][] = [
    [join(folder, 'absent.pcap'), 'GF_REPLAY_FILE', /cannot open .*absent\.pcap: .*no such file/],
    [folder, 'GF_REPLAY_FILE', /not a regular file/],
    [save(new Uint8Array(0)), 'GF_CAPTURE_TRUNCATED', /too short for a capture/],
    [save(capture(0).subarray(0, 20)), 'GF_CAPTURE_TRUNCATED', /offset 0: the file ends within/],
    [save(Buffer.from('{"type":"SFLOW_5"}')), 'GF_CAPTURE_FORMAT', /neither pcap nor pcapng/],
    [save(Buffer.from('1f8b08000000', 'hex')), 'GF_CAPTURE_FORMAT', /gzip: unpack it first/],
  ];
  for (const [path, code, message] of cases) {
    const replay = new Replay(target(path));
    await assert.rejects(replay.start(new Sink()), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
    await replay.stop(0);
  }
});

test('what could not be replayed is told', async () => {
  const writer = new PcapWriter();
  writer.datagram(udp('whole'), 1, 0);
  writer.frame(new Uint8Array(20), 1, 0);
  const cut = new PcapWriter();
  cut.datagram(udp('cut to forty octets'), 1, 0);
  writer.frame(cut.take().subarray(40, 80), 1, 0, 61);
  const parts = new PcapWriter();
  parts.datagram(udp('x'.repeat(60), { mtu: 60 }), 1, 0);
  writer.frame(parts.take().subarray(40, 40 + 14 + 60), 1, 0);
  const sink = new Sink();
  const replay = new Replay(target(save(writer.take())));
  await replay.start(sink);
  await replay.done;
  assert.equal(texts(sink), 'whole');
  assert.match(sink.warnings.join(), /1 packets are cut by the snapshot length .*, 1 datagrams lack fragments/);
  assert.equal(replay.counts.not_ip, 1);
});
