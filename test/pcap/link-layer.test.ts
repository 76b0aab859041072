import assert from 'node:assert/strict';
import { test } from 'node:test';
import { udpFrames } from '#src/pcap/udp-frame.js';
import { PcapWriter } from '#src/pcap/writer.js';
import { collect, nonZero } from './collect.ts';

const base = { sourcePort: 50_000, destinationPort: 2055, payload: Buffer.from('flow') };
const frames = {
  ipv4: udpFrames({ ...base, source: Uint8Array.of(192, 0, 2, 1), destination: Uint8Array.of(192, 0, 2, 2) })[0]!,
  ipv6: udpFrames({ ...base, source: new Uint8Array(16).fill(1), destination: new Uint8Array(16) })[0]!,
};
type Family = keyof typeof frames;
const etherType = { ipv4: '0800', ipv6: '86dd' };

/** The IP packet behind another link layer header, in hexadecimal. */
async function read(linkType: number, header: string, family: Family, cut = 0) {
  const octets = Buffer.concat([Buffer.from(header, 'hex'), frames[family].subarray(14)]);
  const writer = new PcapWriter(linkType);
  writer.frame(octets.subarray(0, octets.length - cut), 1, 0, octets.length);
  return collect(writer.take());
}

async function assertFound(linkType: number, header: string, family: Family): Promise<void> {
  const { datagrams } = await read(linkType, header, family);
  assert.equal(datagrams.length, 1, `link type ${linkType}, header ${header}, ${family}`);
  assert.equal(datagrams[0]!.payload, Buffer.from('flow').toString('hex'));
  assert.equal(datagrams[0]!.source.length, family === 'ipv4' ? 8 : 32);
}

const mac = '020000000001';
const ethernet = mac + mac;
const cooked = `000000010006${mac}0000`;
const cooked2 = (type: string) => `${type}00000000000200010006${mac}0000`;

test('the datagram is found behind every link layer that is known', async () => {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const type = etherType[family];
    for (const tags of ['', '81000fff', '88a80001810000ff', '9100000188a8000281000003', '81000001'.repeat(8)]) {
      await assertFound(1, ethernet + tags + type, family);
      await assertFound(113, cooked + tags + type, family);
    }
    await assertFound(276, cooked2(type), family);
    await assertFound(276, cooked2('8100') + '0005' + type, family);
    for (const raw of [12, 14, 101]) await assertFound(raw, '', family);
  }
  await assertFound(228, '', 'ipv4');
  await assertFound(229, '', 'ipv6');
});

test('loopback headers give the address family in either byte order', async () => {
  for (const linkType of [0, 108]) {
    for (const header of ['00000002', '02000000']) await assertFound(linkType, header, 'ipv4');
    for (const number of ['0a', '17', '18', '1c', '1e']) {
      await assertFound(linkType, `000000${number}`, 'ipv6');
      await assertFound(linkType, `${number}000000`, 'ipv6');
    }
  }
});

test('what is no IP packet is counted, and by its reason', async () => {
  const cases: [linkType: number, header: string, family: Family, outcome: string][] = [
    [1, `${ethernet}0806`, 'ipv4', 'not_ip'],
    [1, `${ethernet}0028`, 'ipv4', 'not_ip'],
    [1, ethernet + '81000001'.repeat(9) + '0800', 'ipv4', 'not_ip'],
    [113, `${cooked}0004`, 'ipv4', 'not_ip'],
    [276, cooked2('0806'), 'ipv4', 'not_ip'],
    [0, '00000007', 'ipv4', 'not_ip'],
    [101, '7f', 'ipv4', 'not_ip'],
    [147, '', 'ipv4', 'unknown_link'],
    [228, '', 'ipv6', 'malformed'],
    [229, '', 'ipv4', 'malformed'],
    [1, `${ethernet}86dd`, 'ipv4', 'malformed'],
  ];
  for (const [linkType, header, family, outcome] of cases) {
    const { datagrams, counts } = await read(linkType, header, family);
    assert.equal(datagrams.length, 0);
    assert.deepEqual(nonZero(counts), { [outcome]: 1 }, `link type ${linkType}, header ${header}`);
  }
});

test('a packet cut by the snapshot length is counted as cut, wherever the cut is', async () => {
  const headers: [linkType: number, header: string][] = [
    [1, `${ethernet}810000010800`],
    [113, `${cooked}0800`],
    [276, cooked2('0800')],
    [0, '00000002'],
    [101, ''],
  ];
  for (const [linkType, header] of headers) {
    const length = header.length / 2 + frames.ipv4.length - 14;
    for (let cut = 1; cut <= length; cut++) {
      const { counts } = await read(linkType, header, 'ipv4', cut);
      assert.deepEqual(nonZero(counts), { cut: 1 }, `link type ${linkType}, ${cut} octets less`);
    }
  }
});
