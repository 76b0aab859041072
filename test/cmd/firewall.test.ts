import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CollectorProcess } from '../support/collector-process.ts';
import { OwnNetwork } from '../support/own-network.ts';
import { skipUnless, skipUnlessRoot, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));
const firewall = (...flags: string[]) =>
  execFileSync(process.execPath, [program, 'firewall', ...flags], { encoding: 'utf8' });

const inNetwork = (name: string) => skipUnless(skipUnlessRoot(), skipWithout('iproute2', name));

/** In a network, a datagram of an exporter that is listed for every 100 of one that is not: ADDRESS STRANGER ROUNDS. */
const crowd = `
  const [listed, stranger, rounds] = process.argv.slice(1);
  const v5 = Buffer.alloc(72);
  v5.writeUInt16BE(5, 0);
  v5.writeUInt16BE(1, 2);
  const open = (address) => new Promise((resolve) => {
    const socket = require('dgram').createSocket('udp4');
    socket.bind(0, address, () => resolve((count) => Promise.all(Array.from({ length: count }, () =>
      new Promise((sent) => socket.send(v5, 2055, '127.0.0.1', sent)))).then(() => socket)));
  });
  Promise.all([open(listed), open(stranger)]).then(async ([one, many]) => {
    for (let i = 0; i < rounds; i++) { await one(1); await many(100); }
    (await one(0)).close();
    (await many(0)).close();
  });`;

test(
  'S-05 rules of nftables keep those who are not listed out of the queue that all share',
  inNetwork('nftables'),
  async (t) => {
    const network = await OwnNetwork.open(t);
    const rules = join(temporaryFolder(t), 'rules');
    const lists = ['-exporters.allow', '127.0.1.0/24', '-exporters.deny', '127.0.1.66'];
    writeFileSync(rules, firewall(...lists));
    await network.run('nft', '-f', rules);
    await network.run('nft', '-f', rules); // takes the place of the first
    const listen = 'netflow://127.0.0.1:2055?rcvbuf=212992';
    const collector = new CollectorProcess(t, ['-listen', listen, ...lists], undefined, network.prefix);
    await collector.ports();
    for (const stranger of ['127.0.1.66', '127.0.2.1']) {
      await network.run(process.execPath, '-e', crowd, '127.0.1.1', stranger, '50');
    }
    await collector.until(() => collector.flowCount === 100);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
    const { books } = collector;
    assert.equal(books['datagrams_received'], 100);
    assert.equal(books['kernel_drops'], undefined);
    assert.match(
      await network.run('nft', 'list', 'table', 'inet', 'goflow2plus'),
      /counter packets 10000 bytes \d+ drop/,
    );
  },
);

test('S-05 rules of iptables and ip6tables can be loaded', inNetwork('iptables'), async (t) => {
  const network = await OwnNetwork.open(t);
  const rules = join(temporaryFolder(t), 'rules');
  for (const form of ['iptables', 'ip6tables']) {
    writeFileSync(
      rules,
      firewall('-form', form, '-exporters.allow', '192.0.2.0/24,2001:db8::/32', '-listen=flow://:9'),
    );
    await network.run(`${form}-restore`, '--noflush', rules);
    const loaded = (await network.run(form, '-S')).trim().split('\n');
    assert.deepEqual(loaded.slice(-3), [
      '-A INPUT -p udp -m udp --dport 9 -j GOFLOW2PLUS',
      `-A GOFLOW2PLUS -s ${form === 'iptables' ? '192.0.2.0/24' : '2001:db8::/32'} -j RETURN`,
      '-A GOFLOW2PLUS -j DROP',
    ]);
  }
});

test('goflow2plus firewall: what it cannot do', () => {
  for (const [flags, code, says] of [
    [[], 1, /-exporters\.allow: /],
    [['-exporters.allow', 'all'], 1, /"all" is neither an address nor a prefix/],
    [['-exporters.allow', '::/0', '-form', 'pf'], 1, /it takes nftables, iptables, ip6tables, systemd/],
    [['-exporters.allow', '::/0', '-listen', 'flow://:0'], 1, /ports that are known/],
    [['::/0'], 2, /takes flags alone/],
  ] as const) {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, 'firewall', ...flags], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [code, ''], flags.join(' '));
    assert.match(stderr, says);
  }
});

test('S-05 a listener that everybody may send to is warned of, once', async (t) => {
  const warnings = async (...args: string[]) => {
    const collector = new CollectorProcess(t, args);
    await collector.ports();
    assert.equal((await collector.stop()).code, 0);
    return collector.log.filter(({ msg }) => msg.startsWith('whoever reaches the port may send flows')).length;
  };
  assert.equal(await warnings('-listen', 'netflow://:0,sflow://:0'), 1);
  assert.equal(await warnings('-listen', 'netflow://:0', '-exporters.allow', '192.0.2.1'), 0);
  assert.equal(await warnings('-listen', 'netflow://127.0.0.1:0,sflow://[::1]:0'), 0);
});
