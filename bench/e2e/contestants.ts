import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../root.ts';
import { loads } from './loads.ts';

/** Where a contestant listens and writes. */
export interface Place {
  readonly port: number;
  /** Empty at first, and its own. */
  readonly folder: string;
  /** Receive buffer that it asks for, in octets: the kernel gives twice as much. 0 is the default of the machine. */
  readonly receiveBuffer: number;
}

export interface Contestant {
  /** What it writes, for the table. */
  readonly writes: string;
  command(place: Place): string[];
  /** Flow records in what it wrote, once it has ended. Throws when that cannot be told. */
  written(place: Place, log: string): number;
  /** What it writes behind its reading, and never ends by itself: the file has to stay as it is for so long. */
  readonly settles?: { readonly file: string; readonly seconds: number };
}

const program = fileURLToPath(new URL('bin/goflow2plus', root));

/** Folder of another, built version of this program, to take part beside this one. */
export const earlier = process.env['GOFLOW2_BENCH_EARLIER'];

interface Ours {
  readonly format: 'bin' | 'json';
  readonly query?: string;
  readonly folder?: string | undefined;
}

/** GoFlow2+ with one worker; from the folder of another version when one is named. */
function ours({ format, query = '', folder: version }: Ours): Contestant {
  const started = version === undefined ? program : join(version, 'bin/goflow2plus');
  return {
    writes: `${format === 'bin' ? 'protobuf' : 'JSON'}, a file`,
    command({ port, folder, receiveBuffer }) {
      const buffer = receiveBuffer === 0 ? '' : `&rcvbuf=${receiveBuffer}`;
      const listen = `flow://127.0.0.1:${port}?count=1${buffer}${query}`;
      const output = ['-transport.file', join(folder, 'flows'), '-format', format];
      return [process.execPath, started, '-addr=', '-logfmt=json', '-listen', listen, ...output];
    },
    written: delivered,
  };
}

/** What the books say that were printed at the end. */
function delivered(_: Place, log: string): number {
  const books = log.split('\n').find((line) => line.includes('"msg":"books"'));
  if (books === undefined) throw new Error(`no books in: ${log.slice(-2000)}`);
  return (JSON.parse(books) as Record<string, number>)['flows_delivered'] ?? 0;
}

/** As it comes, save that nobody reads its lines and that its HTTP server takes any port. */
export function defaults(port: number): string[] {
  return [process.execPath, program, '-addr=127.0.0.1:0', '-logfmt=json', '-listen', `netflow://127.0.0.1:${port}`];
}

const oursByDefault: Contestant = {
  writes: 'JSON, nowhere',
  command: ({ port }) => ['sh', '-c', 'exec "$@" >/dev/null', 'sh', ...defaults(port)],
  written: delivered,
};

/** nfcapd or sfcapd: one process, its own binary file. */
function capd(name: 'nfcapd' | 'sfcapd'): Contestant {
  return {
    writes: 'nfdump records, a file',
    command({ port, folder, receiveBuffer }) {
      const buffer = receiveBuffer === 0 ? [] : ['-B', `${receiveBuffer}`];
      return [name, '-b', '127.0.0.1', '-p', `${port}`, '-w', folder, '-t', '3600', ...buffer];
    },
    written({ folder }) {
      const files = readdirSync(folder).filter((file) => file.startsWith('nfcapd'));
      return files.reduce((sum, file) => sum + flowsOf(join(folder, file)), 0);
    },
  };
}

function flowsOf(file: string): number {
  return Number(/^Flows: (\d+)$/m.exec(execFileSync('nfdump', ['-I', '-r', file], { encoding: 'utf8' }))?.[1] ?? 0);
}

/** What `node:dgram` costs by itself: datagrams of v9 are counted, and nothing else. */
const dgramAlone: Contestant = {
  writes: 'nothing',
  command({ port, receiveBuffer }) {
    const script = `const socket = require('node:dgram').createSocket('udp4');
      let received = 0;
      socket.on('message', () => received++);
      socket.bind(${port}, '127.0.0.1', () => ${receiveBuffer > 0} && socket.setRecvBufferSize(${receiveBuffer}));
      process.on('SIGTERM', () => socket.close(() => { console.log('received', received); process.exit(); }));`;
    return [process.execPath, '-e', script];
  },
  written: (_, log) => Number(/^received (\d+)$/m.exec(log)![1]) * loads.v9.flows,
};

/** Seconds between two times at which the print plugin writes. */
const REFRESH = 1;

/** nfacctd with its print plugin: a line of JSON for each flow, since no two have the same key. */
const nfacctd: Contestant = {
  writes: 'JSON, a file',
  settles: { file: 'flows', seconds: 2 * REFRESH + 0.5 },
  command({ port, folder, receiveBuffer }) {
    const keys = 'src_host, dst_host, src_port, dst_port, proto, tos, tcpflags, in_iface, out_iface, src_as, dst_as';
    const more = 'src_mask, dst_mask, peer_src_ip, timestamp_start, timestamp_end, export_proto_seqno';
    const settings = {
      daemonize: 'false',
      nfacctd_ip: '127.0.0.1',
      nfacctd_port: port,
      ...(receiveBuffer === 0 ? {} : { nfacctd_pipe_size: receiveBuffer }),
      plugins: 'print',
      aggregate: `${keys}, ${more}`,
      nfacctd_as: 'netflow',
      nfacctd_net: 'netflow',
      print_output: 'json',
      print_output_file: join(folder, 'flows'),
      print_output_file_append: 'true',
      print_refresh_time: REFRESH,
      print_cache_entries: 65_537,
      plugin_pipe_size: 1 << 27,
      plugin_buffer_size: 1 << 17,
    };
    const file = join(folder, 'nfacctd.conf');
    const lines = Object.entries(settings).map(([key, value]) => `${key}: ${value}\n`);
    writeFileSync(file, lines.join(''));
    return ['nfacctd', '-f', file];
  },
  written({ folder }) {
    const file = join(folder, 'flows');
    if (statSync(file).size >= 2 ** 31) throw new Error('more than can be counted');
    let lines = 0;
    for (const octet of readFileSync(file)) if (octet === 10) lines++;
    return lines;
  },
};

/** Who takes part, by name. */
export const contestants = {
  'ours, protobuf': ours({ format: 'bin' }),
  'ours, JSON': ours({ format: 'json' }),
  'ours, default settings': oursByDefault,
  'ours, dgram, protobuf': ours({ format: 'bin', query: '&receive=dgram' }),
  'earlier, protobuf': ours({ format: 'bin', folder: earlier }),
  'earlier, JSON': ours({ format: 'json', folder: earlier }),
  'earlier, dgram, protobuf': ours({ format: 'bin', query: '&receive=dgram', folder: earlier }),
  'node:dgram alone': dgramAlone,
  nfcapd: capd('nfcapd'),
  sfcapd: capd('sfcapd'),
  nfacctd,
} satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof contestants;
