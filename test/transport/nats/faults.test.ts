import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiscardPolicy, jetstreamManager } from '@nats-io/jetstream';
import { NatsFeed, assertExactlyOnce, flowNumbers } from '../../support/nats-feed.ts';
import { NatsServer, natsServerMissing, readStream } from '../../support/nats-server.ts';
import { TcpRelay } from '../../support/tcp-relay.ts';

const stream = 'goflow2';

/** The stream has every flow once, and everything that was handed over was acknowledged (I5, I6). */
async function assertAllThere(t: { after: (fn: () => Promise<void>) => void }, server: NatsServer, feed: NatsFeed) {
  const messages = await readStream(await server.client(t), stream);
  assertExactlyOnce(flowNumbers(messages), feed.sent);
  assert.equal(feed.delivered, feed.sent);
  assert.equal(messages.length, feed.counters.get('messages_acked'), 'I6');
}

const errorsAbout = (feed: NatsFeed, text: string) => feed.lines.filter((line) => line.includes(`"trouble":"${text}"`));

describe('faults of nats-server', { skip: natsServerMissing, concurrency: 6 }, () => {
  test('F-01 NATS is away at the start: flows wait, and are delivered within 3 s of its coming', async (t) => {
    const server = await NatsServer.start(t);
    await server.stop();
    const feed = await NatsFeed.start(t, server);
    feed.feed(1000);
    await sleep(1500);
    const { ready, reason } = feed.transport.status();
    assert.equal(ready, false);
    assert.match(reason!, /unreachable: .*ECONNREFUSED/);
    assert.equal(feed.delivered, 0);
    await server.run();
    const took = await feed.until(() => feed.delivered > 0);
    assert.ok(took <= 3000, `${took} ms`);
    feed.pause();
    await feed.settled();
    assert.equal(feed.ready, true);
    await assertAllThere(t, server, feed);
    assert.equal(errorsAbout(feed, 'unreachable').length, 2, 'told when it began and when it was over');
  });

  test('F-02 R-09 R-10 an outage of 10 s: nothing lost, nothing twice, going on within 3 s', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 64 });
    feed.feed(5000);
    await feed.until(() => feed.delivered > 1000);
    await server.stop('SIGTERM');
    await feed.until(() => !feed.ready);
    await sleep(10_000);
    const before = feed.delivered;
    await server.run();
    const took = await feed.until(() => feed.delivered > before);
    assert.ok(took <= 3000, `${took} ms`);
    await sleep(500);
    feed.pause();
    await feed.settled();
    await assertAllThere(t, server, feed);
    assert.ok(feed.sent > 50_000);
  });

  test('F-03 the server is killed three times while messages are in flight: nothing lost, nothing twice', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 4 });
    feed.feed(8000);
    for (let i = 0; i < 3; i++) {
      const before = feed.delivered;
      await feed.until(() => feed.delivered > before + 500);
      await sleep(Math.random() * 300);
      await server.stop('SIGKILL');
      await sleep(200);
      await server.run();
    }
    feed.pause();
    await feed.settled(20_000);
    await assertAllThere(t, server, feed);
    assert.ok(feed.counters.get('messages_retried') > 0, 'messages were in flight');
  });

  test('F-04 an outage longer than the buffer: the oldest are dropped, exactly counted', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server, { 'transport.nats.buffer': 100_000 });
    await feed.send(100);
    await feed.settled();
    await server.stop();
    await feed.until(() => !feed.ready);
    for (let i = 0; i < 400; i++) await feed.send(100);
    const dropped = feed.counters.get('flows_dropped:buffer_full');
    assert.ok(dropped > 30_000, `${dropped}`);
    await server.run();
    await feed.settled();
    const numbers = flowNumbers(await readStream(await server.client(t), stream));
    const kept = Array.from({ length: feed.sent - 100 - dropped }, (_, i) => 100 + dropped + i);
    assert.deepEqual(numbers, [...Array.from({ length: 100 }, (_, i) => i), ...kept]);
    assert.equal(feed.lines.filter((line) => line.includes('buffer is full')).length, 1);
  });

  test('answers that are lost: sent again with the same ids, nothing twice', async (t) => {
    const server = await NatsServer.start(t);
    const relay = await TcpRelay.start(t, server.port);
    const feed = new NatsFeed(t, relay);
    await feed.transport.start();
    await feed.until(() => feed.ready);
    relay.muted = true;
    await feed.send(500);
    await sleep(300);
    relay.cut();
    relay.muted = false;
    await feed.settled();
    await assertAllThere(t, server, feed);
    assert.equal(feed.counters.get('messages_duplicate'), 500, 'the stream had them');
    assert.equal(feed.counters.get('flows_maybe_duplicate'), 0);
  });

  test('F-05 an outage longer than the duplicate window: how many are there twice is counted', async (t) => {
    const server = await NatsServer.start(t);
    const relay = await TcpRelay.start(t, server.port);
    const feed = new NatsFeed(t, relay, { 'transport.nats.stream.duplicate_window': 1000 });
    await feed.transport.start();
    await feed.send(100);
    await feed.settled();
    relay.muted = true;
    await feed.send(300);
    await sleep(2500);
    relay.cut();
    relay.muted = false;
    await feed.settled();
    const numbers = flowNumbers(await readStream(await server.client(t), stream));
    assert.equal(new Set(numbers).size, 400, 'nothing is lost');
    assert.equal(numbers.length - 400, 300);
    assert.equal(feed.counters.get('flows_maybe_duplicate'), 300);
  });

  test('F-06 a server that stands still for 7 s: nothing lost, nothing twice, and the loop goes on', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server);
    feed.feed(2000);
    await feed.until(() => feed.delivered > 200);
    server.signal('SIGSTOP');
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await sleep(7000);
    clearInterval(watch);
    server.signal('SIGCONT');
    feed.pause();
    await feed.settled();
    await assertAllThere(t, server, feed);
    assert.ok(feed.counters.get('publish_failed:ack_timeout') > 0);
    assert.ok(longest < 1000, `the loop stood still for ${longest} ms`);
    assert.equal(feed.ready, true);
  });

  test('F-07 a full stream that refuses: no busy loop, and going on when there is room', async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    await manager.streams.add({
      name: stream,
      subjects: ['goflow2.messages'],
      max_bytes: 200_000,
      discard: DiscardPolicy.New,
    });
    const feed = await NatsFeed.start(t, server);
    await feed.send(5000);
    await feed.until(() => feed.counters.get('publish_failed:stream_full') > 0);
    const before = feed.delivered;
    assert.ok(before > 500 && before < 5000, `${before}`);
    assert.equal(feed.ready, false);
    await feed.until(() => feed.transport.status().gauges['nats_window_messages']! <= 2048);
    const refused = feed.counters.get('messages_retried');
    await sleep(2000);
    const attempts = feed.counters.get('messages_retried') - refused;
    assert.ok(attempts >= 1 && attempts <= 20, `${attempts} attempts in 2 s`);
    assert.equal(feed.dropped, 0);
    assert.equal(errorsAbout(feed, 'stream_full').length, 1);
    await manager.streams.update(stream, { max_bytes: 10_000_000 });
    await feed.settled(15_000);
    assert.equal(feed.delivered, 5000);
    assert.equal(feed.ready, true);
    await assertAllThere(t, server, feed);
  });

  test('F-08 the stream is deleted: said once, and made anew where that is our task', async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    const feed = await NatsFeed.start(t, server);
    await feed.send(10);
    await feed.settled();
    await manager.streams.delete(stream);
    await feed.send(10);
    await feed.settled();
    assert.equal((await manager.streams.info(stream)).state.messages, 10);
    assert.ok(feed.counters.get('publish_failed:no_responders') > 0);
  });

  test('F-08 the stream is deleted: waited for, where somebody else makes it', async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    await manager.streams.add({ name: stream, subjects: ['goflow2.*'] });
    const feed = await NatsFeed.start(t, server, { 'transport.nats.stream.mode': 'check' });
    await feed.send(10);
    await feed.settled();
    await manager.streams.delete(stream);
    await feed.send(10);
    await feed.until(() => errorsAbout(feed, 'stream_missing').length > 0);
    assert.equal(feed.ready, false);
    await sleep(1000);
    assert.equal(errorsAbout(feed, 'stream_missing').length, 1);
    await manager.streams.add({ name: stream, subjects: ['goflow2.*'] });
    await feed.settled();
    assert.equal(feed.delivered, 20);
    await feed.until(() => feed.ready);
  });

  test('F-08 a stream with other subjects: told with both, and waited for', async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    await manager.streams.add({ name: stream, subjects: ['other.*'] });
    const feed = await NatsFeed.start(t, server, { 'transport.nats.subject': 'flows' });
    await feed.send(10);
    await feed.until(() => errorsAbout(feed, 'subject_not_covered').length > 0);
    assert.match(errorsAbout(feed, 'subject_not_covered')[0]!, /other\.\*.*flows.*-transport\.nats\.subject/);
    assert.equal(feed.ready, false);
    assert.deepEqual((await manager.streams.info(stream)).config.subjects, ['other.*'], 'it is never changed');
    await manager.streams.update(stream, { subjects: ['other.*', 'flows'] });
    await feed.settled();
    assert.equal(feed.delivered, 10);
  });

  test('F-08 JetStream is not there', async (t) => {
    const server = await NatsServer.start(t, { jetstream: false });
    const feed = await NatsFeed.start(t, server);
    await feed.send(1);
    await feed.until(() => errorsAbout(feed, 'jetstream_missing').length > 0);
    assert.equal(feed.ready, false);
  });
});
