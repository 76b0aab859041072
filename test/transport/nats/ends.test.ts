/** Faults in which programs end, while NATS is there and while it is away. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/index.js';
import { CollectorProcess } from '../../support/collector-process.ts';
import { LOAD_SECONDS, SECONDS_A_TURN, TIMES, inFull } from '../../support/extent.ts';
import { NatsFeed, flowNumbers } from '../../support/nats-feed.ts';
import { NatsServer, natsServerMissing, readStream } from '../../support/nats-server.ts';
import { numbersOf, range, v5 } from '../../support/numbered-flows.ts';
import { endsWell } from '../../support/oracle.ts';
import { isDrained } from '../../support/udp-queue.ts';

const skip = natsServerMissing;
const stream = 'goflow2';

test(
  `F-15 ${TIMES} stops just after the server was killed, under load: each in time, and all that was not delivered is counted`,
  { skip },
  async (t) => {
    const stopUnderLoad = async (turn: number): Promise<number> => {
      const server = await NatsServer.start(t);
      const collector = new CollectorProcess(t, [
        '-transport=nats',
        `-transport.nats.servers=${server.url}`,
        '-transport.nats.batch.flows=16',
        '-listen=netflow://127.0.0.1:0',
      ]);
      const [port] = await collector.ports();
      const sender = new PacedSender({ target: { address: '127.0.0.1', port: port! }, rate: 100 });
      await sender.start();
      const sent = Math.ceil(100 * Math.max(2, SECONDS_A_TURN));
      const sending = sender.send(range(sent).map(v5));
      await sleep(sent * 5 + ((turn * 137) % 500));
      await server.stop('SIGKILL');
      await sending;
      await sender.stop();
      await collector.until(() => isDrained(port!));
      const began = performance.now();
      const books = await endsWell(collector, sent);
      const took = performance.now() - began;
      // where others want the processors too, it has longer
      assert.ok(took < (inFull ? 10_500 : 20_000), `${took} ms`);
      assert.equal(books['flows_produced'], 30 * sent);
      assert.ok(books['flows_dropped:shutdown_timeout']! > 0);
      assert.equal(books['flows_delivered']! + books['flows_dropped:shutdown_timeout']!, 30 * sent);
      await server.run();
      const messages = await readStream(await server.client(t), stream);
      const numbers = numbersOf(messages.map(({ data }) => Buffer.from(data).toString()).join(''));
      assert.equal(new Set(numbers).size, numbers.length, 'nothing twice');
      assert.ok(numbers.length >= books['flows_delivered']!, 'what was acknowledged is there');
      return took;
    };
    const took: number[] = [];
    for (let turn = 0; turn < TIMES; turn += 4) {
      const together = range(Math.min(4, TIMES - turn));
      took.push(...(await Promise.all(together.map((i) => stopUnderLoad(turn + i)))));
    }
    t.diagnostic(`slowest stop ${Math.round(Math.max(...took))} ms`);
  },
);

test(
  'F-36 two collectors on one stream, each with restarts, under load: every message is there once',
  { skip },
  async (t) => {
    const server = await NatsServer.start(t);
    const member = () => NatsFeed.start(t, server, { 'transport.nats.batch.flows': 16 });
    let [sent, acked] = [0, 0];
    const end = performance.now() + 1000 * LOAD_SECONDS;
    const run = async () => {
      while (performance.now() < end) {
        const feed = await member();
        feed.feed(2_000);
        await sleep(Math.min(3, SECONDS_A_TURN) * 1000);
        feed.pause();
        await feed.settled();
        assert.equal(feed.counters.get('messages_duplicate'), 0);
        sent += feed.sent;
        acked += feed.counters.get('messages_acked');
        await feed.stop();
      }
    };
    await Promise.all([run(), run()]);
    const messages = await readStream(await server.client(t), stream);
    assert.equal(messages.length, acked, 'I6');
    assert.equal(flowNumbers(messages).length, sent);
  },
);
