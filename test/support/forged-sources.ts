import assert from 'node:assert/strict';
import { MAX_TEMPLATE_BYTES } from '#src/decode/limits.js';
import { Collector } from './collector.ts';
import { data, ipfix, v9 } from './exporter.ts';

const honest = Array.from({ length: 50 }, (_, i) => ({ address: `192.0.2.${i + 1}` }));
const layout = ['8/4', '12/4', '7/2', '11/2', '1/4', '2/4'];
const record = '0a000001 0a000002 1234 0050 00000100 00000001';

/** 50 exporters that are known, and a flood of forged templates between their data (S-03). */
export class ForgedSources {
  readonly collector = new Collector();

  constructor() {
    for (const from of honest) {
      this.collector.send(v9.message([v9.template(256, ...layout)]), from);
      this.collector.send(v9.message([data(256, record)]), from);
    }
  }

  /** All of them are decoded, and the memory for templates holds. */
  assertHonestDecode(): void {
    const { templates } = this.collector;
    for (const from of honest) {
      const { records } = this.collector.send(v9.message([data(256, record)]), from);
      assert.equal(records.length, 1, from.address);
    }
    assert.ok(templates.bytes <= MAX_TEMPLATE_BYTES, `${templates.bytes}`);
    assert.ok(templates.probationBytes <= MAX_TEMPLATE_BYTES / 4, `${templates.probationBytes}`);
  }

  /** Templates of so many forged sources, each with a layout of its own. */
  flood(sources: number): void {
    for (let i = 0; i < sources; i++) {
      const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
      this.collector.send(v9.message([v9.template(256, ...layout, `${i % 32_000}/${1 + (i >> 10)}`)]), { address });
      if (i % 20_000 === 0) this.assertHonestDecode();
    }
    this.assertHonestDecode();
    this.collector.forgetSources();
  }

  /** So many of the largest templates there are, by one source, with data for each of them if `used`. */
  floodOfOne(templates: number, used: boolean): void {
    const from = { address: '198.51.100.1' };
    const specifiers = Array.from({ length: 16_300 }, (_, i) => `${1 + (i % 500)}/1`);
    for (let i = 0; i < templates; i++) {
      const id = 256 + i;
      specifiers[i % specifiers.length] = `${600 + (i % 30_000)}/2`;
      this.collector.send(ipfix.message([ipfix.template(id, ...specifiers)]), from);
      if (used) this.collector.send(ipfix.message([data(id, '00'.repeat(20_000))]), from);
      if (i % 200 === 0) this.assertHonestDecode();
    }
    this.assertHonestDecode();
  }
}
