import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { FlowSubjects } from '#src/pipeline/flow-subjects.js';
import { SubjectLimit } from '#src/pipeline/subject-limit.js';
import { Counters } from '#src/metrics/counters.js';
import type { Batch } from '#src/transport/transport.js';
import { contextOf, flowWith } from '../support/context.ts';
import { messagesOf } from '../support/batches.ts';
import { poolTo } from '../support/pool.ts';

const PORT = slotOf('dst_port');
const flow = new FlowRecord();

function subjectsOf(pattern: string, max: number, memory = SubjectLimit.memory(max)) {
  const counters = new Counters();
  const subjects = new FlowSubjects({ pattern, key: [], max, memory }, counters);
  const of = (port: number): string => {
    flow.words[PORT] = port;
    return subjects.text(subjects.of(flow));
  };
  return { of, counters, subjects };
}

test('equal subjects have one number, different ones have different numbers', () => {
  const { of, subjects } = subjectsOf('f.{dst_port}', 5000);
  const numbers = new Map<number, string>();
  for (let turn = 0; turn < 2; turn++) {
    for (let port = 0; port < 3000; port++) {
      assert.equal(of(port), `f.${port}`);
      const number = subjects.of(flow);
      assert.equal(numbers.get(number) ?? `f.${port}`, `f.${port}`);
      numbers.set(number, `f.${port}`);
    }
  }
  assert.equal(numbers.size, 3000);
});

test('S-09 beyond the limit flows go to _other, and are counted', () => {
  const { of, counters } = subjectsOf('f.{dst_port}', 100);
  for (let port = 0; port < 100; port++) assert.equal(of(port), `f.${port}`);
  for (let port = 100; port < 500; port++) assert.equal(of(port), 'f._other');
  for (let port = 0; port < 100; port++) assert.equal(of(port), `f.${port}`);
  assert.equal(counters.get('flows_other_subject'), 400);
});

test('the limit is one for all workers', () => {
  const memory = SubjectLimit.memory(50);
  const workers = Array.from({ length: 3 }, () => subjectsOf('f.{dst_port}', 50, memory));
  const used = new Set<string>();
  for (let port = 0; port < 200; port++) used.add(workers[port % 3]!.of(port));
  assert.equal(used.size, 51, '50 and _other');
  const known = [...used].filter((text) => text !== 'f._other');
  for (const { of } of workers) {
    for (const text of known) assert.equal(of(Number(text.slice(2))), text, 'what one may use all may use');
  }
});

test('keys of the context: what has no place in a token is replaced, nothing is an underline, at most 64 octets', () => {
  const { subjects } = subjectsOf('f.{context.source_group}.{context.destination_tier}', 10);
  const { enricher } = contextOf(`
networks:
  - { name: 'web.servers *>', cidr: 10.1.0.0/24, context: { tier: größe } }
  - { name: ${'x'.repeat(100)}, cidr: 10.2.0.0/24 }`);
  const subjectOf = (src_addr: string, dst_addr: string): string => {
    const enriched = flowWith({ src_addr, dst_addr });
    enricher.enrich(enriched);
    return subjects.text(subjects.of(enriched));
  };
  assert.equal(subjectOf('10.1.0.1', '10.1.0.2'), 'f.web_servers___.gr____e');
  assert.equal(subjectOf('192.0.2.1', '10.2.0.2'), 'f._._');
  assert.equal(subjectOf('10.2.0.1', '192.0.2.1'), `f.${'x'.repeat(64)}._`);
  assert.equal(subjects.text(subjects.withoutFlow()), 'f._other._other');
});

test('a message that is no flow has _other in place of columns', () => {
  const { subjects } = subjectsOf('f.{dst_port}', 10);
  assert.equal(subjects.text(subjects.withoutFlow()), 'f._other');
});

test('a batch comes out in runs by subject, each message whole and with its own subject', () => {
  const message = fc.record({ subject: fc.nat(5), length: fc.nat(400) });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 300 }), fc.nat(20), (messages, flushEvery) => {
      const out: [subject: string, text: string][] = [];
      const take = (batch: Batch): void => {
        const texts = messagesOf(batch);
        const { runs } = batch;
        assert.equal(new Set(runs!.map(({ subject }) => subject)).size, runs!.length);
        for (const run of runs!) for (const text of texts.splice(0, run.count)) out.push([run.subject, text]);
        assert.equal(texts.length, 0);
      };
      const pool = poolTo(64 * 1024, take, (subject) => `s${subject}`);
      const sent = messages.map(({ subject, length }, i) => [`s${subject}`, `${i}:`.padEnd(length + 6, 'x')] as const);
      sent.forEach(([, text], i) => {
        const writer = pool.reserve(text.length);
        writer.pos += Buffer.from(writer.bytes.buffer, writer.bytes.byteOffset).write(text, writer.pos);
        pool.commit(messages[i]!.subject);
        if (flushEvery > 0 && i % flushEvery === 0) pool.flush();
      });
      pool.flush();
      const bySubject = (list: readonly (readonly [string, string])[]) => {
        const texts: Record<string, string[]> = {};
        for (const [subject, text] of list) (texts[subject] ??= []).push(text);
        return texts;
      };
      assert.deepEqual(bySubject(out), bySubject(sent));
    }),
    { numRuns: 150 },
  );
});
