import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ChildProgram } from './child-program.ts';
import type { OwnNetwork } from './own-network.ts';
import { commandPath } from './requirements.ts';

/**
 * Exporter programs of Debian, as their users run them. Each function says what it starts; whether that ends by itself
 * or wants to be stopped is said there too.
 */

/** NetFlow v5, v9 and IPFIX (10). */
export type FlowVersion = 5 | 9 | 10;

/** An exporter that reads a capture and sends to this machine. */
export interface CaptureExport {
  /** A folder of the test's own, for files of the program. */
  readonly folder: string;
  readonly capture: string;
  readonly port: number;
}

/**
 * softflowd over a capture; it ends by itself. Times are those of the capture.
 *
 * @param version `psamp` for packets in element 315
 * @param options more of its flags
 */
export function startSoftflowd(
  t: TestContext,
  { folder, capture, port }: CaptureExport,
  version: FlowVersion | 'psamp',
  ...options: readonly string[]
): ChildProgram {
  // -d stays in the foreground, -a takes the clock of the capture, -c none opens no control socket
  const flags = ['-d', '-a', '-r', capture, '-n', `127.0.0.1:${port}`, '-v', String(version)];
  const files = ['-p', join(folder, 'softflowd.pid'), '-c', 'none'];
  return new ChildProgram(t, [commandPath('softflowd')!, ...flags, ...files, ...options]);
}

/** pmacctd over a capture with a plugin and its settings; it goes on after the end of the capture until it is stopped. */
function startPmacctd(
  t: TestContext,
  { folder, capture }: CaptureExport,
  settings: Readonly<Record<string, string | number>>,
): ChildProgram {
  const file = join(folder, 'pmacctd.conf');
  const common = { daemonize: 'false', pcap_savefile: capture, pcap_savefile_delay: 1 };
  const lines = Object.entries({ ...common, ...settings }).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(file, lines.join(''));
  return new ChildProgram(t, [commandPath('pmacctd')!, '-f', file]);
}

/** pmacctd's NetFlow and IPFIX exporter. Flows of the capture are out when it was stopped with SIGINT. */
export function startNfprobe(t: TestContext, from: CaptureExport, version: FlowVersion): ChildProgram {
  return startPmacctd(t, from, {
    plugins: 'nfprobe',
    aggregate: 'src_host, dst_host, src_port, dst_port, proto, tos, tcpflags, in_iface, out_iface',
    nfprobe_receiver: `127.0.0.1:${from.port}`,
    nfprobe_version: version,
    nfprobe_engine: version === 5 ? '1:1' : '7',
    nfprobe_timeouts: 'expint=1:maxlife=2:general=1:tcp=1:tcp.rst=1:tcp.fin=1:udp=1:icmp=1',
  });
}

/** pmacctd's sFlow exporter, which samples every packet. */
export function startSfprobe(t: TestContext, from: CaptureExport, agent: string): ChildProgram {
  return startPmacctd(t, from, {
    plugins: 'sfprobe[out]',
    sampling_rate: 1,
    'sfprobe_receiver[out]': `127.0.0.1:${from.port}`,
    'sfprobe_agentip[out]': agent,
    'sfprobe_ifindex[out]': 5,
    'sfprobe_direction[out]': 'in',
  });
}

/**
 * fprobe on an interface of a network: NetFlow v5. End it with {@link stopFprobe}.
 *
 * @param filter of packets, as tcpdump writes it; it has to leave out the exports themselves
 */
export async function startFprobe(
  network: OwnNetwork,
  { device, filter, port }: { device: string; filter: string; port: number },
): Promise<ChildProgram> {
  // -l 2:1 stays in the foreground; a scan a second; flows end after 1 s of silence; -x interfaces 3 in, 4 out
  const timing = ['-s', '1', '-d', '1', '-e', '2'];
  const layout = ['-n', '5', '-x', '3:4', '-l', '2:1'];
  const fprobe = network.start('fprobe', '-i', device, '-f', filter, ...timing, ...layout, `127.0.0.1:${port}`);
  await fprobe.until(() => fprobe.stderr.includes('collector #1') || fprobe.stdout.includes('collector #1'));
  await setTimeout(500); // it says so before it listens
  return fprobe;
}

/** Lets it take in what it has heard, which it does every second, and send its flows, which takes some seconds more. */
export async function stopFprobe(fprobe: ChildProgram): Promise<void> {
  await setTimeout(2_500);
  await fprobe.stop('SIGTERM');
}

/** What an Open vSwitch exports, and where to. */
export interface OpenVSwitchExports {
  readonly sflow?: number;
  readonly netflow?: number;
  readonly ipfix?: number;
}

/** A switch in user space that bridges its own port `br0` (10.9.0.1) with one end of a cable, in a network of its own. */
export class OpenVSwitch {
  readonly #network: OwnNetwork;
  readonly #database: string;

  private constructor(network: OwnNetwork, folder: string) {
    this.#network = network;
    this.#database = `unix:${join(folder, 'db.sock')}`;
  }

  /** Starts database and switch; they run until the test is over. */
  static async start(network: OwnNetwork, folder: string): Promise<OpenVSwitch> {
    const at = (file: string) => join(folder, file);
    const files = (name: string) => [`--unixctl=${at(`${name}.ctl`)}`, `--pidfile=${at(`${name}.pid`)}`];
    await network.run('ovsdb-tool', 'create', at('conf.db'), '/usr/share/openvswitch/vswitch.ovsschema');
    const database = network.start('ovsdb-server', at('conf.db'), `--remote=punix:${at('db.sock')}`, ...files('db'));
    const openVSwitch = new OpenVSwitch(network, folder);
    await openVSwitch.#configure('--no-wait', '--retry', '--timeout=10', 'init');
    const daemon = network.start(
      'ovs-vswitchd',
      `unix:${at('db.sock')}`,
      ...files('switch'),
      '--disable-system',
      '--disable-system-route',
    );
    if (database.child.exitCode !== null || daemon.child.exitCode !== null) throw new Error(daemon.stderr);
    await network.run('ip', 'link', 'add', 'p0', 'type', 'veth', 'peer', 'name', 'p1');
    await network.run('ip', 'link', 'set', 'p0', 'up');
    await network.run('ip', 'link', 'set', 'p1', 'up');
    const bridge = [
      'add-br',
      'br0',
      '--',
      'set',
      'bridge',
      'br0',
      'datapath_type=netdev',
      '--',
      'add-port',
      'br0',
      'p0',
    ];
    await openVSwitch.#configure(...bridge);
    await network.run('ip', 'addr', 'add', '10.9.0.1/24', 'dev', 'br0');
    await network.run('ip', 'link', 'set', 'br0', 'up');
    // nobody answers there: whatever is sent to it goes over the switch and is lost
    await network.run('ip', 'neigh', 'add', '10.9.0.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'br0');
    return openVSwitch;
  }

  /** Exports from now on: every packet by sFlow and IPFIX, flows of a second by NetFlow v5. */
  async export({ sflow, netflow, ipfix }: OpenVSwitchExports): Promise<void> {
    const target = (port: number) => `"127.0.0.1:${port}"`;
    const create = async (table: string, ...settings: readonly string[]) => {
      await this.#configure(
        '--',
        '--id=@it',
        'create',
        table,
        ...settings,
        '--',
        'set',
        'bridge',
        'br0',
        `${table}=@it`,
      );
    };
    if (sflow !== undefined) {
      await create('sflow', 'agent=lo', `targets=${target(sflow)}`, 'header=128', 'sampling=1', 'polling=1');
    }
    if (netflow !== undefined) await create('netflow', `targets=${target(netflow)}`, 'active_timeout=1');
    if (ipfix !== undefined) {
      const cache = ['sampling=1', 'cache_active_timeout=1', 'cache_max_flows=1000'];
      await create('ipfix', `targets=${target(ipfix)}`, 'obs_domain_id=123', 'obs_point_id=456', ...cache);
    }
  }

  async #configure(...command: readonly string[]): Promise<void> {
    await this.#network.run('ovs-vsctl', `--db=${this.#database}`, '--timeout=10', ...command);
  }
}
