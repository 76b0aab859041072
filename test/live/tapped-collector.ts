import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { UdpRelay } from '#src/simulate/relay.js';
import { CollectorProcess } from '../support/collector-process.ts';
import { FLOW_PORT, SFLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { columnsOfJson } from '../support/flow-columns.ts';
import type { Columns } from '../support/flow-columns.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { netflowRows, sflowRows } from '../support/tshark-flows.ts';
import type { FlowRow } from '../support/tshark-flows.ts';
import { dissect } from '../support/tshark.ts';
import { isDrained } from '../support/udp-queue.ts';

/** The collector behind a tap, so that what an exporter has sent can be shown to another decoder too. */
export class TappedCollector {
  readonly collector: CollectorProcess;
  /** Where exporters send to. */
  port = 0;
  readonly #t: TestContext;
  readonly #datagrams: Uint8Array[] = [];
  readonly #scheme: 'netflow' | 'sflow';
  #tap: UdpRelay | undefined;

  private constructor(t: TestContext, scheme: 'netflow' | 'sflow') {
    this.#t = t;
    this.#scheme = scheme;
    this.collector = new CollectorProcess(t, ['-listen', `${scheme}://127.0.0.1:0`]);
  }

  static async start(t: TestContext, scheme: 'netflow' | 'sflow'): Promise<TappedCollector> {
    const tapped = new TappedCollector(t, scheme);
    const [port] = await tapped.collector.ports();
    const tap = new UdpRelay({
      seed: 0,
      listen: { address: '127.0.0.1', port: 0 },
      target: { address: '127.0.0.1', port: port! },
      onDatagram: (payload) => tapped.#datagrams.push(payload),
    });
    tapped.#tap = tap;
    tapped.port = (await tap.start()).port;
    t.after(() => tap.stop());
    return tapped;
  }

  /** Stops the collector, whose books have to balance. */
  async stop(): Promise<void> {
    const { collector } = this;
    const [port] = await collector.ports();
    await this.#tap!.stop(); // everything is sent on by then
    await collector.until(() => isDrained(port!));
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    assert.equal(collector.books['datagrams_received'], this.#datagrams.length);
    assert.equal(collector.books['datagrams_decoded'], this.#datagrams.length);
    assert.ok(!collector.stderr.includes('do not balance'));
  }

  /**
   * Stops the collector, and compares what it made of the datagrams with what tshark makes of them: as many flows, and
   * every value that tshark states.
   *
   * @param withinNs how far times may be apart
   */
  async finish(withinNs = 0): Promise<void> {
    await this.stop();
    const port = this.#scheme === 'sflow' ? SFLOW_PORT : FLOW_PORT;
    const capture = join(temporaryFolder(this.#t), 'tapped.pcap');
    writeDatagrams(capture, this.#datagrams, port);
    const rows: FlowRow[] = [];
    await dissect(capture, (packet) => rows.push(...(port === SFLOW_PORT ? sflowRows(packet) : netflowRows(packet))));
    const ours = this.collector.stdout.split('\n').slice(0, -1).map(columnsOfJson);
    assert.equal(ours.length, rows.length, 'flows of tshark and of the collector');
    rows.forEach((row, i) => {
      const same: FlowRow = {};
      for (const [column, stated] of Object.entries(row)) {
        const value = ours[i]![column as keyof Columns] as bigint | string;
        same[column] = column.startsWith('time_') && apart(value, stated) <= withinNs ? stated : value;
      }
      assert.deepEqual(same, row, `flow ${i}`);
    });
  }
}

function apart(a: bigint | string, b: bigint | string): number {
  return Math.abs(Number(BigInt(a) - BigInt(b)));
}
