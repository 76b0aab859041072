import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import type { SetOptions } from '#src/simulate/sets.js';
import type { FieldSpecifier } from '#src/simulate/templates.js';

/** 2024-01-01 00:00:00 UTC: the export time of messages that do not say otherwise. */
export const EXPORT_TIME = 1_704_067_200;

/** Field specifiers as `element`, `element/length` or `enterprise.element/length`, where `v` is a variable length. */
export function fields(...specifiers: string[]): FieldSpecifier[] {
  return specifiers.map((text) => {
    const match = /^(?:(\d+)\.)?(\d+)\/(\d+|v)$/.exec(text);
    if (match === null) throw new Error(`not a field specifier: ${text}`);
    const [, pen, id, length] = match;
    const specifier = { id: Number(id), length: length === 'v' ? 65_535 : Number(length) };
    return pen === undefined ? specifier : { ...specifier, pen: Number(pen) };
  });
}

/** Octets written in hexadecimal; blanks are for the reader. */
export const hex = (...parts: string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'));

export interface Header {
  readonly exportSeconds?: number;
  readonly sequence?: number;
  readonly domain?: number;
  readonly length?: number;
  readonly sysUptimeMs?: number;
  readonly count?: number;
}

/** Sets and messages of one protocol. */
export interface Wire {
  readonly version: 9 | 10;
  readonly template: (id: number, ...specifiers: string[]) => Uint8Array;
  readonly optionsTemplate: (
    id: number,
    scopes: readonly string[],
    options: readonly string[],
    set?: SetOptions,
  ) => Uint8Array;
  /** A message of sets. */
  readonly message: (sets: readonly Uint8Array[], header?: Header) => Uint8Array;
}

/** A data set with records given in hexadecimal. */
export function data(id: number, records: string | readonly string[], options: SetOptions = {}): Uint8Array {
  return encodeSet(id, [hex(...[records].flat())], options);
}

/** A set of any id whose body is given in hexadecimal, with the length in its header when that is wrong. */
export function set(id: number, body: string, length?: number): Uint8Array {
  return encodeSet(id, [hex(body)], length === undefined ? {} : { length });
}

function wire(version: 9 | 10, message: Wire['message']): Wire {
  return {
    version,
    message,
    template: (id, ...specifiers) => encodeTemplateSet(version, [{ id, fields: fields(...specifiers) }]),
    optionsTemplate: (id, scopes, options, setOptions) =>
      encodeOptionsTemplateSet(version, [{ id, scopes: fields(...scopes), fields: fields(...options) }], setOptions),
  };
}

export const ipfix = wire(10, (sets, header = {}) =>
  encodeIpfix(
    {
      exportSeconds: header.exportSeconds ?? EXPORT_TIME,
      sequence: header.sequence ?? 7,
      domain: header.domain ?? 9,
      ...(header.length === undefined ? {} : { length: header.length }),
    },
    sets,
  ),
);

export const v9 = wire(9, (sets, header = {}) =>
  encodeNetFlowV9(
    {
      sysUptimeMs: header.sysUptimeMs ?? 3_600_000,
      unixSeconds: header.exportSeconds ?? EXPORT_TIME,
      sequence: header.sequence ?? 7,
      sourceId: header.domain ?? 9,
      count: header.count ?? sets.length,
    },
    sets,
  ),
);

/** Both protocols, for what they have in common. */
export const protocols = [
  ['NetFlow v9', v9],
  ['IPFIX', ipfix],
] as const;
