import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { data, v9 } from '../support/exporter.ts';
import type { Header } from '../support/exporter.ts';
import { LearningChain } from '../support/learning-chain.ts';
import { corpusFolder, skipWithoutCorpus } from '../support/requirements.ts';
import { readCapture } from '../support/stored-datagram.ts';
import { oraclePath } from './captures.ts';

const FOLDER = 'logstash-codec-netflow/pcap';
const SOFTFLOWD = 'live-own/pcap';

/** What a flow or options record of a capture has beside the columns of tshark. */
type Fields = Readonly<Record<string, string>>;

/** Records of a capture as tshark shows them. */
function fieldsOf(name: string, kind: 'options' | 'flows', folder = FOLDER): Fields[] {
  const path = oraclePath(corpusFolder()!, 'tshark', `${folder}/${name}.pcap`);
  const { datagrams } = JSON.parse(readFileSync(path, 'utf8')) as {
    datagrams: Partial<Record<typeof kind, { x: Fields }[]>>[];
  };
  return datagrams.flatMap((datagram) => (datagram[kind] ?? []).map(({ x }) => x));
}

const capture = (name: string, folder = FOLDER) => readCapture(join(corpusFolder()!, folder, `${name}.pcap`));

/** Octets of an application id of four octets, in hexadecimal. */
const idOf = (fields: Fields): string =>
  Number(fields['appl_id.classification_engine_id']).toString(16).padStart(2, '0') +
  fields['appl_id.selector_id']!.replaceAll(':', '');

/** A text in hexadecimal, filled up with zeros. */
const text = (value: string, octets: number): string =>
  Buffer.concat([Buffer.from(value), Buffer.alloc(octets)])
    .subarray(0, octets)
    .toString('hex');

/** The header of a message that its exporter sends after this one. */
function headerAfter(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [sysUptimeMs, exportSeconds, sequence, domain] = [4, 8, 12, 16].map((at) => view.getUint32(at));
  return { sysUptimeMs: sysUptimeMs!, exportSeconds: exportSeconds!, sequence: sequence! + 1, domain: domain! };
}

test('the NBAR table of a Cisco router names the applications of flows', skipWithoutCorpus(), async () => {
  const name = 'netflow_9_cisco_nbar_options_template_260';
  const chain = new LearningChain();
  const [options] = await capture(name);
  chain.takeStored([options!]);
  const table = fieldsOf(name, 'options');
  assert.equal(table.length, 15);
  const flows = [v9.template(300, '95/4'), data(300, table.map(idOf))];
  assert.deepEqual(
    chain.take([v9.message(flows, headerAfter(options!.bytes))]),
    table.map((fields) => ({ application: fields['appl_name'], application_description: fields['appl_desc']?.trim() })),
  );
});

for (const name of ['softflowd-v9', 'softflowd-v9-ether', 'softflowd-v9-sampled']) {
  test(
    `${name}: flows have the name of their interface, which is the scope of an options record`,
    skipWithoutCorpus(),
    async () => {
      const [record, ...others] = fieldsOf(name, 'options', SOFTFLOWD);
      assert.deepEqual([record!['scope_interface'], others], ['0', []]);
      const names = { in_if: record!['if_name'], out_if: record!['if_name'] };
      assert.ok(names.in_if);
      const contexts = new LearningChain().takeStored(await capture(name, SOFTFLOWD));
      assert.ok(contexts.length > 0);
      assert.deepEqual(
        contexts,
        contexts.map(() => names),
      ); // all of them are of interface 0
    },
  );
}

test('flows of a Cisco WLC have the names of a table by its own options template', skipWithoutCorpus(), async () => {
  const name = 'netflow_9_cisco_wlc';
  const [templates, flows] = await capture(name);
  const chain = new LearningChain();
  chain.takeStored([templates!]);
  const ids = [...new Set(fieldsOf(name, 'flows').map(idOf))];
  assert.ok(ids.length > 2);
  const known = ids.slice(1);
  const table = known.map((id) => `00000000 ${id} ${text(`application ${id}`, 64)}`);
  chain.take([v9.message([data(256, table)], headerAfter(templates!.bytes))]);
  assert.deepEqual(
    chain.takeStored([flows!]),
    fieldsOf(name, 'flows')
      .map(idOf)
      .map((id) => (id === ids[0] ? {} : { application: `application ${id}` })),
  );
});

test('flows of an ASR 9000 have the names of its interfaces and VRFs', skipWithoutCorpus(), async () => {
  const name = 'netflow_9_cisco_asr_9000_series_template_260';
  const [templates, flows] = await capture(name);
  const chain = new LearningChain();
  chain.takeStored([templates!]);
  const records = fieldsOf(name, 'flows');
  const bare = chain.takeStored([flows!]);
  assert.ok(bare.length === 21 && bare.every((context) => Object.keys(context).length === 0));
  const view = numbersOf(flows!.bytes, bare.length);
  assert.equal(records.length, view.length);
  // tables as IOS XR sends them: the scope is the system, what is named an option
  const number = (value: number) => value.toString(16).padStart(8, '0');
  const interfaces = [...new Set(view.flatMap(({ input, output }) => [input, output]))];
  const vrfs = [...new Set(view.flatMap(({ ingress, egress }) => [ingress, egress]))];
  assert.ok(interfaces.length > 2 && vrfs.length > 0);
  chain.take([
    v9.message(
      [
        v9.optionsTemplate(400, ['1/4'], ['10/4', '82/32', '83/64']),
        v9.optionsTemplate(401, ['1/4'], ['234/4', '236/32']),
        data(
          400,
          interfaces.map((id) => `00000000 ${number(id)} ${text(`Te0/${id}`, 32)} ${text(`to ${id}`, 64)}`),
        ),
        data(
          401,
          vrfs.map((id) => `00000000 ${number(id)} ${text(`vrf-${id}`, 32)}`),
        ),
      ],
      headerAfter(templates!.bytes),
    ),
  ]);
  assert.deepEqual(
    chain.takeStored([flows!]),
    view.map(({ input, output, ingress, egress }) => ({
      in_if: `Te0/${input}`,
      in_if_description: `to ${input}`,
      out_if: `Te0/${output}`,
      out_if_description: `to ${output}`,
      ingress_vrf: `vrf-${ingress}`,
      egress_vrf: `vrf-${egress}`,
    })),
  );
});

/** Interfaces and VRFs of the records of template 260, read at their offsets: 16 and 20, 57 and 61 of 65 octets. */
function numbersOf(bytes: Uint8Array, count: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, i) => {
    const at = 24 + i * 65;
    const of = (offset: number) => view.getUint32(at + offset);
    return { input: of(16), output: of(20), ingress: of(57), egress: of(61) };
  });
}
