import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { jetstreamManager } from '@nats-io/jetstream';
import { NatsFeed, assertExactlyOnce, flowNumbers } from '../../support/nats-feed.ts';
import { NatsServer, natsServerMissing, readStream } from '../../support/nats-server.ts';

const stream = 'goflow2';

describe('nats-server', { skip: natsServerMissing, concurrency: 2 }, () => {
  test('one flow a message, each with an id of its own', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server);
    for (let i = 0; i < 20; i++) await feed.send(50);
    await feed.settled();
    const messages = await readStream(await server.client(t), stream);
    assertExactlyOnce(flowNumbers(messages), 1000);
    assert.equal(new Set(messages.map(({ id }) => id)).size, 1000);
    assert.ok(messages.every(({ subject }) => subject === 'goflow2.messages'));
    assert.equal(feed.counters.get('messages_acked'), 1000);
    assert.equal(feed.counters.get('bytes_delivered'), Buffer.concat(messages.map(({ data }) => data)).length);
    assert.ok(feed.ready);
    assert.deepEqual(feed.transport.status().gauges, {
      nats_connected: 1,
      nats_tls_insecure: 0,
      nats_window_messages: 0,
      nats_window_bytes: 0,
      nats_buffer_flows: 0,
      nats_buffer_bytes: 0,
    });
  });

  test('several flows a message, with their number in a header; the last ones do not wait for company for ever', async (t) => {
    const server = await NatsServer.start(t);
    const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 64 });
    for (let i = 0; i < 100; i++) await feed.send(30);
    await feed.settled();
    const messages = await readStream(await server.client(t), stream);
    assertExactlyOnce(flowNumbers(messages), 3000);
    assert.ok(messages.length < 100, `${messages.length} messages`);
    assert.equal(Math.max(...messages.map(({ count }) => count)), 64);
  });

  test('no message is larger than the server takes', async (t) => {
    const server = await NatsServer.start(t, { config: 'max_payload: 1500' });
    const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 1000 });
    await feed.send(5000);
    await feed.settled();
    const messages = await readStream(await server.client(t), stream);
    assertExactlyOnce(flowNumbers(messages), 5000);
    assert.equal(feed.counters.get('nats_connections'), 1, 'the server has closed no connection');
    assert.ok(Math.max(...messages.map(({ data }) => data.length)) > 1300);
  });

  test('nor than the stream takes', async (t) => {
    const server = await NatsServer.start(t);
    const manager = await jetstreamManager(await server.client(t));
    await manager.streams.add({ name: stream, subjects: ['goflow2.>'], max_msg_size: 1000 });
    const feed = await NatsFeed.start(t, server, { 'transport.nats.batch.flows': 1000 });
    await feed.send(1000);
    await feed.settled();
    assert.equal(feed.delivered, 1000);
  });

  test('who waits loses nothing, however small the buffer', async (t) => {
    const server = NatsServer.prepare(t);
    const feed = new NatsFeed(t, { url: 'nats://127.0.0.1:1' }, { 'transport.nats.buffer': 20_000 });
    await feed.transport.start();
    const sent = Array.from({ length: 100 }, () => feed.send(50, true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(feed.dropped, 0);
    await feed.stop(0);
    await Promise.all(sent.slice(0, 5));
    assert.equal(feed.counters.get('flows_dropped:shutdown_timeout'), 5000);
    await server.run();
    const other = await NatsFeed.start(t, server, { 'transport.nats.buffer': 20_000 });
    await Promise.all(Array.from({ length: 100 }, () => other.send(50, true)));
    await other.settled();
    assert.equal(other.delivered, 5000);
    assertExactlyOnce(flowNumbers(await readStream(await server.client(t), stream)), 5000);
  });

  test('F-15 a stop while NATS is away ends in time, and what was not delivered is counted', async (t) => {
    const feed = new NatsFeed(t, { url: 'nats://127.0.0.1:1' });
    await feed.transport.start();
    await feed.send(300);
    const began = performance.now();
    await feed.stop(1500);
    assert.ok(performance.now() - began < 2000);
    assert.equal(feed.counters.get('flows_dropped:shutdown_timeout'), 300);
    await feed.send(5);
    assert.equal(feed.counters.get('flows_dropped:shutdown_timeout'), 305);
  });

  test('a stop delivers what was taken before it', async (t) => {
    const server = await NatsServer.start(t);
    const feed = new NatsFeed(t, server, { 'transport.nats.batch.flows': 64 });
    const starting = feed.transport.start();
    for (let i = 0; i < 100; i++) void feed.send(77);
    await starting;
    await feed.stop(5000);
    assert.equal(feed.delivered, 7700);
    assertExactlyOnce(flowNumbers(await readStream(await server.client(t), stream)), 7700);
  });
});
