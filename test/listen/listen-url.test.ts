import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigError } from '#src/config/errors.js';
import { captureOptions, socketOptions } from '#src/listen/listen-options.js';
import type { ListenTarget, UdpTarget } from '#src/listen/listen-target.js';
import { parseListen } from '#src/listen/listen-url.js';

const defaults: Omit<UdpTarget, 'uri'> = {
  scheme: 'sflow',
  host: '',
  port: 6343,
  count: 1,
  workers: 2,
  threads: 1,
  blocking: false,
  queueSize: 1_000_000,
  queueSizeGiven: false,
  receive: 'auto',
  receiveBuffer: 32 * 2 ** 20,
  spread: 'exporter',
  notes: [],
};

const sockets: [text: string, target: Partial<UdpTarget>][] = [
  ['sflow://:6343', {}],
  ['netflow://:2055', { scheme: 'netflow', port: 2055 }],
  ['FLOW://:6343', { scheme: 'flow' }],
  ['sflow://:6343/', {}],
  ['sflow://:6343?', {}],
  ['sflow://192.0.2.1:6343', { host: '192.0.2.1' }],
  ['sflow://collector.example:6343', { host: 'collector.example' }],
  ['sflow://a_b-c:6343', { host: 'a_b-c' }],
  ['sflow://[2001:db8::1]:6343', { host: '2001:db8::1' }],
  ['sflow://[::]:6343', { host: '::' }],
  ['sflow://[fe80::1%25eth0]:6343', { host: 'fe80::1%eth0' }],
  ['sflow://[fe80::1%25br-lan.7]:6343', { host: 'fe80::1%br-lan.7' }],
  ['sflow://::1:6343', { host: '::1' }],
  ['sflow://user:secret@192.0.2.1:6343', { host: '192.0.2.1' }],
  ['sflow://:0', { port: 0 }],
  ['sflow://:65535', { port: 65535 }],
  ['sflow://:6343#count=4', {}],
  ['sflow://:6343?count=4', { count: 4, workers: 8, threads: 4 }],
  ['flow://:6343/?count=4', { scheme: 'flow', count: 4, workers: 8, threads: 4 }],
  ['sflow://:6343?count=0', {}],
  ['sflow://:6343?count=4&count=x', { count: 4, workers: 8, threads: 4 }],
  ['sflow://:6343?co%75nt=%34', { count: 4, workers: 8, threads: 4 }],
  ['sflow://:6343?workers=3', { workers: 3, threads: 3 }],
  ['sflow://:6343?workers=0', {}],
  ['sflow://:6343?count=4&workers=2', { count: 4, workers: 2, threads: 4 }],
  ['sflow://:6343?count=2&workers=6', { count: 2, workers: 6, threads: 6 }],
  ['sflow://:6343?blocking=true', { blocking: true, queueSize: 0 }],
  ['sflow://:6343?blocking=T&queue_size=5', { blocking: true, queueSize: 5, queueSizeGiven: true }],
  ['sflow://:6343?blocking=0', {}],
  ['sflow://:6343?queue_size=0', { queueSize: 0, queueSizeGiven: true }],
  ['sflow://:6343?receive=dgram', { receive: 'dgram' }],
  [
    'sflow://:6343?receive=mmsg&rcvbuf=4MiB&spread=kernel',
    { receive: 'mmsg', receiveBuffer: 2 ** 22, spread: 'kernel' },
  ],
  ['sflow://:6343?rcvbuf=4096', { receiveBuffer: 4096 }],
  ['sflow://:6343?rcvbuf=1GiB', { receiveBuffer: 2 ** 30 }],
  ['sflow://:6343?workers=256', { workers: 256, threads: 256 }],
  ['sflow://:6343?rcvbuf=1000000', { receiveBuffer: 1_000_000 }],
  ['sflow://:6343?cuont=4', { notes: ['the option "cuont" does not exist and is ignored'] }],
  ['sflow://:6343/count=4', { notes: ['the path "/count=4" is ignored'] }],
  [
    'sflow://:6343?workers=1000',
    { workers: 1000, threads: 256, notes: ['1000 threads were asked for, 256 are started'] },
  ],
];

test('sockets are described by URIs', () => {
  for (const [text, target] of sockets)
    assert.deepEqual(parseListen(text), [{ ...defaults, uri: text, ...target }], text);
});

const captures: [text: string, path: string, speed: number, loop: number][] = [
  ['file:///var/tmp/a.pcap', '/var/tmp/a.pcap', Infinity, 1],
  ['FILE:/var/tmp/a.pcap', '/var/tmp/a.pcap', Infinity, 1],
  ['file://localhost/var/tmp/a.pcap', '/var/tmp/a.pcap', Infinity, 1],
  ['file:a.pcap', 'a.pcap', Infinity, 1],
  ['file:../a/b.pcap?speed=max', '../a/b.pcap', Infinity, 1],
  ['file:a.pcap?speed=1.0&loop=3', 'a.pcap', 1, 3],
  ['file:a.pcap?speed=0.25&loop=0', 'a.pcap', 0.25, 0],
  ['file:a%20b%2Cc%23%3F%25.pcap', 'a b,c#?%.pcap', Infinity, 1],
  ['file:caf%C3%A9.pcap', 'café.pcap', Infinity, 1],
  ['file:100:200.pcap', '100:200.pcap', Infinity, 1],
];

test('captures are described by URIs', () => {
  for (const [text, path, speed, loop] of captures) {
    assert.deepEqual(parseListen(text), [{ scheme: 'file', path, speed, loop }], text);
  }
});

test('a list has its elements in order', () => {
  const schemes = parseListen('sflow://:6343,netflow://:2055,file:a.pcap').map(({ scheme }) => scheme);
  assert.deepEqual(schemes, ['sflow', 'netflow', 'file']);
});

const refused: [text: string, message: RegExp][] = [
  ['', /^-listen: element 1 "": empty/],
  ['sflow://:6343,', /^-listen: element 2 "": empty/],
  [',sflow://:6343', /^-listen: element 1 "": empty/],
  ['sflow://:6343, netflow://:2055', /^-listen: element 2 " netflow:\/\/:2055": blanks/],
  ['sflow://:6343 ', /element 1 "sflow:\/\/:6343 ": blanks/],
  ['sflow', /not a URI/],
  [':2055', /not a URI/],
  ['://:2055', /not a URI/],
  ['1flow://:2055', /not a URI/],
  ['udp://:2055', /scheme does not exist: udp/],
  ['localhost:2055', /scheme does not exist: localhost/],
  ['__proto__://:1', /not a URI/],
  ['constructor://:1', /scheme does not exist: constructor/],
  ['sflow:6343', /an address is missing: write sflow:\/\/HOST:PORT/],
  ['sflow:/', /an address is missing/],
  ['sflow://', /a port is missing/],
  ['sflow://:', /a port is missing/],
  ['sflow://192.0.2.1', /a port is missing/],
  ['sflow://[::1]', /a port is missing/],
  ['sflow:///x:1', /a port is missing/],
  ['sflow://:sflow', /"sflow" is no port/],
  ['sflow://:-1', /"-1" is no port/],
  ['sflow://:+1', /"\+1" is no port/],
  ['sflow://:0x10', /"0x10" is no port/],
  ['sflow://:65536', /port 65536 is above 65535/],
  ['sflow://:99999999999999999999', /is above 65535/],
  ['sflow://[::1:6343', /"\[::1" is neither/],
  ['sflow://[::1]x:6343', /is neither/],
  ['sflow://[::1]6343', /a port is missing/],
  ['sflow://[192.0.2.1]:6343', /is neither/],
  ['sflow://[]:6343', /is neither/],
  ['sflow://[g::]:6343', /is neither/],
  ['sflow://a b:6343', /"a b" is neither/],
  ['sflow://a:b:6343', /"a:b" is neither/],
  ['sflow://*:6343', /"\*" is neither/],
  ['sflow://h%41:6343', /a zone is written/],
  ['sflow://host%25eth0:6343', /is neither/],
  ['sflow://192.0.2.1%25eth0:6343', /is neither/],
  ['sflow://[fe80::1%eth0]:6343', /a zone is written/],
  ['sflow://[fe80::1%25]:6343', /a zone is written/],
  ['sflow://[fe80::1%25a%0a]:6343', /a zone is written/],
  ['sflow://:6343?count', /count= is not a whole number/],
  ['sflow://:6343?count=', /count= is not/],
  ['sflow://:6343?count=-1', /count=-1 is not/],
  ['sflow://:6343?count=+4', /count= 4 is not/],
  ['sflow://:6343?count=0x4', /count=0x4 is not/],
  ['sflow://:6343?count=1_0', /count=1_0 is not/],
  ['sflow://:6343?count=4;workers=2', /count=4;workers=2 is not/],
  ['sflow://:6343?count=99999999999999999999', /count=9+ is not/],
  ['sflow://:6343?workers=two', /workers=two is not/],
  ['sflow://:6343?blocking', /blocking= is not true or false/],
  ['sflow://:6343?blocking=yes', /blocking=yes is not/],
  ['sflow://:6343?queue_size=', /queue_size= is not/],
  ['sflow://:6343?queue_size=1M', /queue_size=1M is not/],
  ['sflow://:6343?receive=recvmmsg', /receive=recvmmsg is not auto or dgram or mmsg/],
  ['sflow://:6343?receive=', /receive= is not/],
  ['sflow://:6343?spread=random', /spread=random is not exporter or kernel/],
  ['sflow://:6343?rcvbuf=big', /rcvbuf=big is not a size/],
  ['sflow://:6343?rcvbuf=0', /rcvbuf=0 is not a size from 4096/],
  ['sflow://:6343?rcvbuf=2GiB', /rcvbuf=2GiB is not/],
  ['file:', /a path is missing/],
  ['file://', /a path is missing/],
  ['file:?speed=max', /a path is missing/],
  ['file://a/b.pcap', /a file has no host/],
  ['file:a%zz.pcap', /a % in a path is written %25/],
  ['file:a%ff.pcap', /a % in a path/],
  ['file:a%00.pcap', /zero octet/],
  ['file:a#1.pcap', /a # in a path is written %23/],
  ['file:a.pcap?speed=', /speed= is not max or a number above 0/],
  ['file:a.pcap?speed=0', /speed=0 is not/],
  ['file:a.pcap?speed=-1', /speed=-1 is not/],
  ['file:a.pcap?speed=Infinity', /speed=Infinity is not/],
  ['file:a.pcap?speed=1e3', /speed=1e3 is not/],
  ['file:a.pcap?loop=-1', /loop=-1 is not/],
  ['file:a.pcap?loop', /loop= is not/],
  ['file:a.pcap?sped=max', /the option "sped" does not exist: it is speed or loop/],
];

test('what cannot be read is refused with the name of its element', () => {
  for (const [text, message] of refused) {
    assert.throws(
      () => parseListen(text),
      (error) => {
        assert.ok(error instanceof ConfigError, `${text}: ${String(error)}`);
        assert.equal(error.code, 'GF_LISTEN_URL');
        assert.equal(error.exitCode, 1);
        assert.match(error.message, message);
        return true;
      },
      text,
    );
  }
});

function assertBounds(target: ListenTarget): void {
  if (target.scheme === 'file') {
    assert.ok(target.path.length > 0 && target.speed > 0 && target.loop >= 0);
  } else {
    assert.ok(target.port >= 0 && target.port <= 65535 && target.threads >= 1 && target.threads <= 256);
  }
}

test('the defaults that the documentation names are those that are used', () => {
  const withDefaults = (options: Readonly<Record<string, { readonly default: string }>>) =>
    Object.entries(options)
      .filter(([, option]) => option.default !== '')
      .map(([name, option]) => `${name}=${option.default}`)
      .join('&');
  const socket = `sflow://:6343?${withDefaults(socketOptions)}`;
  assert.deepEqual(parseListen(socket), [{ ...defaults, uri: socket, queueSizeGiven: true }]);
  const capture = `file:a?${withDefaults(captureOptions)}`;
  assert.deepEqual(parseListen(capture), [{ scheme: 'file', path: 'a', speed: Infinity, loop: 1 }]);
});

test('any text is read or refused, and what is read is within its bounds', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'sflow',
      'file',
      '://',
      ':',
      '[::1]',
      '%25',
      '?',
      '&',
      'count=',
      '4',
      ',',
      '#',
      '/',
      '@',
      'rcvbuf=1M',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        parseListen(pieces.join('')).forEach(assertBounds);
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

test('every path survives as a URI', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (path) => {
      fc.pre(!path.includes('\0') && !path.startsWith('//'));
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const [target] = parseListen(`file:${encoded}`);
      assert.ok(target?.scheme === 'file');
      assert.equal(target.path, path);
    }),
  );
});
