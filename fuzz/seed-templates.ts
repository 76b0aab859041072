import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { encodeDataRecord, encodeWithdrawal, VARIABLE_LENGTH } from '#src/simulate/templates.js';
import type { FieldSpecifier, TemplatedVersion } from '#src/simulate/templates.js';
import { frames } from './seed-frames.ts';
import { Random } from './random.ts';
import type { Session } from './seeds.ts';

const field = (id: number, length: number, pen = 0): FieldSpecifier =>
  pen === 0 ? { id, length } : { id, length, pen };
const fields = (...pairs: readonly (readonly [id: number, length: number])[]) => pairs.map(([id, n]) => field(id, n));

/** Layouts of flow records: each has a reason to be decoded differently. */
const layouts: readonly (readonly FieldSpecifier[])[] = [
  fields([8, 4], [12, 4], [7, 2], [11, 2], [4, 1], [1, 8], [2, 8], [10, 4], [14, 4], [152, 8], [153, 8]),
  fields([27, 16], [28, 16], [7, 2], [11, 2], [4, 1], [1, 4], [2, 4], [31, 3], [29, 1], [30, 1], [139, 2], [60, 1]),
  fields([8, 4], [12, 4], [27, 16], [28, 16], [60, 1], [1, 3], [1, 5], [2, 1], [5, 1], [6, 1], [6, 2], [32, 2]),
  fields([22, 4], [21, 4], [1, 4], [2, 4], [15, 4], [16, 2], [17, 4], [9, 1], [13, 1], [18, 4], [89, 1], [61, 1]),
  fields([160, 8], [22, 4], [21, 4], [85, 8], [86, 8]),
  fields([150, 4], [151, 4], [23, 8], [24, 8]),
  fields([154, 8], [155, 8], [231, 8], [298, 8]),
  fields([156, 8], [157, 8], [352, 8], [62, 16], [63, 16]),
  fields([158, 4], [159, 4], [56, 6], [80, 6], [81, 6], [57, 6], [58, 2], [59, 2], [243, 2], [254, 2]),
  fields([152, 8], [161, 4], [176, 1], [177, 1], [178, 1], [179, 1], [52, 1], [54, 2], [88, 2], [197, 1]),
  fields([153, 8], [162, 4], [70, 3], [71, 3], [72, 3], [47, 4], [140, 16], [138, 8], [48, 1], [34, 4], [302, 8]),
  fields([8, 0], [12, 4], [210, 7], [95, 4], [234, 4], [235, 4], [8, 5], [27, 4], [56, 8], [1, 9], [152, 4]),
  [
    ...fields([8, 4], [12, 4]),
    field(1, 8, 29_305),
    field(2, 4, 9),
    field(1, VARIABLE_LENGTH, 35_632),
    field(82, VARIABLE_LENGTH),
  ],
  fields([313, VARIABLE_LENGTH], [312, 2], [305, 4], [306, 4]),
  fields([408, 2], [409, 2], [410, 2], [315, VARIABLE_LENGTH], [302, 4]),
  fields([104, 64], [103, 1]),
  fields([315, 96], [1, 4]),
  fields([210, 1]),
  fields([4, 1]),
  fields([292, VARIABLE_LENGTH], [291, VARIABLE_LENGTH], [293, VARIABLE_LENGTH]),
];

/** Options that tell about sampling and names, by what they belong to, and others. */
const optionLayouts: readonly { scopes: readonly FieldSpecifier[]; fields: readonly FieldSpecifier[] }[] = [
  { scopes: fields([1, 4]), fields: fields([34, 4], [35, 1]) },
  { scopes: fields([144, 4]), fields: fields([305, 4], [306, 4], [304, 2]) },
  { scopes: fields([149, 4]), fields: fields([48, 1], [50, 4], [49, 1], [84, 8]) },
  { scopes: fields([302, 8]), fields: fields([309, 4], [310, 4]) },
  { scopes: fields([302, 2]), fields: fields([311, 8]) },
  { scopes: fields([10, 4]), fields: fields([34, 2], [82, 16]) },
  { scopes: fields([1, 4]), fields: fields([10, 4], [82, 8], [83, 16]) },
  { scopes: fields([149, 4]), fields: fields([234, 4], [236, 8], [95, 4], [94, 8], [96, 8]) },
  { scopes: fields([95, 8]), fields: [field(96, VARIABLE_LENGTH), field(300, VARIABLE_LENGTH)] },
  { scopes: fields([2, 4], [144, 4]), fields: fields([305, 1], [41, 8], [42, 8], [40, 8]) },
  { scopes: fields([145, 2]), fields: fields([173, 8], [160, 8], [36, 2], [37, 2]) },
  {
    scopes: [field(305, 4, 2636)],
    fields: [field(305, 4, 2636), field(95, VARIABLE_LENGTH), field(96, VARIABLE_LENGTH)],
  },
];

/** Template and data of every layout, data before its template, changes, withdrawals, padding, several domains. */
export function templatedSessions(): Session[] {
  return ([9, 10] as const).flatMap((version) => [
    ...layouts.map((layout, i) => flowSession(version, 256 + i, layout)),
    ...optionLayouts.map((layout, i) => optionsSession(version, 400 + i, layout)),
    oddSession(version),
    manySession(version),
    flowKeySession(version),
    sequenceSession(version),
  ]);
}

const send = (version: TemplatedVersion, sets: readonly Uint8Array[], sequence = 0, domain = 1): Uint8Array =>
  version === 10
    ? encodeIpfix({ exportSeconds: 1_700_000_000, sequence, domain }, sets)
    : encodeNetFlowV9(
        { sysUptimeMs: 100_000, unixSeconds: 1_700_000_000, sequence, sourceId: domain, count: sets.length },
        sets,
      );

/** v9 has neither enterprise numbers nor variable lengths. */
function forVersion(version: TemplatedVersion, list: readonly FieldSpecifier[]): FieldSpecifier[] {
  if (version === 10) return [...list];
  return list.map(({ id, length }) => ({ id, length: length === VARIABLE_LENGTH ? 32 : length }));
}

const random = new Random(1);

/** A record of random octets; elements that carry packets carry one. */
function record(list: readonly FieldSpecifier[]): Uint8Array {
  return encodeDataRecord(
    list,
    list.map(({ id, length }) => {
      const octets = length === VARIABLE_LENGTH ? random.below(90) : length;
      const value = new Uint8Array(octets).map(() => (random.oneIn(3) ? random.word() : 0));
      if (id === 315 || id === 104) value.set(frames()[0]!.subarray(0, octets));
      if (id === 313) value.set(frames()[random.below(5)]!.subarray(14, 14 + octets));
      if (id === 408) value.set([0, 1]);
      return value;
    }),
  );
}

function flowSession(version: TemplatedVersion, id: number, layout: readonly FieldSpecifier[]): Session {
  const list = forVersion(version, layout);
  const template = encodeTemplateSet(version, [{ id, fields: list }]);
  const data = (count: number) =>
    encodeSet(
      id,
      Array.from({ length: count }, () => record(list)),
      { align: 4 },
    );
  return [send(version, [template, data(3)]), send(version, [data(1), data(2)], 3), send(version, [template], 6)];
}

function optionsSession(version: TemplatedVersion, id: number, layout: (typeof optionLayouts)[number]): Session {
  const options = { id, scopes: forVersion(version, layout.scopes), fields: forVersion(version, layout.fields) };
  const optionsSet = encodeSet(id, [record([...options.scopes, ...options.fields])], { align: 4 });
  const flows = fields([8, 4], [12, 4], [48, 1], [302, 4], [10, 4], [1, 4]);
  const template = encodeTemplateSet(version, [{ id: 300, fields: flows }]);
  const data = encodeSet(300, [record(flows), record(flows)], { align: 4 });
  return [
    send(version, [encodeOptionsTemplateSet(version, [options]), optionsSet]),
    send(version, [template, data], 1),
    send(version, [optionsSet, data], 3),
  ];
}

/** Flow keys of a template that is known: right ones, and more than it has fields. */
function flowKeySession(version: TemplatedVersion): Session {
  const options = { id: 401, scopes: fields([145, 2]), fields: fields([173, 8]) };
  const template = encodeTemplateSet(version, [{ id: 256, fields: fields([8, 4], [12, 4], [1, 4]) }]);
  const keys = (about: number, low: number) =>
    Uint8Array.of(about >> 8, about & 255, 0, 0, 0, 0, 0, 0, low >> 8, low & 255);
  const records = [keys(256, 3), keys(256, 0x1ff), keys(300, 1), keys(256, 0)];
  return [
    send(version, [template, encodeOptionsTemplateSet(version, [options])]),
    send(version, [encodeSet(401, records)]),
  ];
}

/** Datagrams whose sequence has gaps, goes back, repeats and jumps. */
function sequenceSession(version: TemplatedVersion): Session {
  const template = encodeTemplateSet(version, [{ id: 256, fields: fields([4, 1]) }]);
  const data = encodeSet(256, [Uint8Array.of(6, 17)]);
  const numbers = [
    1, 2, 3, 7, 8, 5, 8, 8, 30, 31, 4_000_000_000, 32, 4_000_000_001, 33, 0, 1, 2, 3, 4, 5, 6, 0xffffffff,
  ];
  return [send(version, [template]), ...numbers.map((number, i) => send(version, [data], number, i % 3))];
}

/** More records than are taken out of one datagram, of one octet each. */
function manySession(version: TemplatedVersion): Session {
  const template = encodeTemplateSet(version, [{ id: 256, fields: fields([4, 1]) }]);
  return [send(version, [template]), send(version, [encodeSet(256, [new Uint8Array(5_000).fill(6)])])];
}

function oddSession(version: TemplatedVersion): Session {
  const one = fields([8, 4], [12, 4], [1, 4], [2, 4]);
  const two = fields([27, 16], [28, 16], [1, 8]);
  const define = (list: readonly FieldSpecifier[]) => encodeTemplateSet(version, [{ id: 256, fields: list }]);
  const data = (list: readonly FieldSpecifier[]) => encodeSet(256, [record(list), record(list)]);
  const template = version === 9 ? 0 : 2;
  return [
    send(version, [data(one)]),
    send(version, [define(one), data(one)], 2),
    send(version, [define(two), data(two)], 4),
    send(version, [data(two), define(one), data(one)], 6, 2),
    send(version, [encodeSet(template, [encodeWithdrawal(256)]), data(two)], 8),
    send(version, [encodeSet(template, [encodeWithdrawal(template)])], 10),
    send(version, [encodeSet(4, [new Uint8Array(8)]), data(two)], 10),
    send(version, [encodeSet(template, []), encodeSet(256, [record(two)], { padding: new Uint8Array(9) })], 12),
    send(version, [], 13),
  ];
}
