import { encodeSet } from './sets.ts';
import { encodeDataRecord, V9Scope } from './templates.ts';
import type { FieldSpecifier, OptionsTemplateRecord, TemplatedVersion } from './templates.ts';
import * as values from './values.ts';

/** A sampler of an observation domain: one packet in `interval` on average. */
export interface Sampler {
  /** What records name it by (elements 48, 302); without one it stands for the whole domain. */
  readonly id?: number;
  readonly interval: number;
  /** 1 deterministic, 2 random. */
  readonly algorithm?: number;
}

/** Options that tell the sampling of a domain: the template, and one record for each sampler. */
export interface SamplingOptions {
  readonly template: OptionsTemplateRecord;
  /** Octets of the records with the header of their set. */
  readonly set: Uint8Array;
  readonly records: number;
}

/** Template id of the options. */
const OPTIONS_TEMPLATE = 300;

/**
 * What an exporter tells of its samplers.
 *
 * - v9, no id: scope system; 34 samplingInterval, 35 samplingAlgorithm (RFC 3954 section 6.1).
 * - v9 with ids: scope system; 48 samplerId, 49 samplerMode, 50 samplerRandomInterval.
 * - IPFIX, no id: scope 149 observationDomainId; 305 and 306, the packet interval and space (RFC 5477 section 8.2).
 * - IPFIX with ids: scope 302 selectorId; 304 selectorAlgorithm, 305, 306.
 *
 * @param exporter IPv4 address in the v9 scope
 */
export function samplingOptions(
  version: TemplatedVersion,
  domain: number,
  samplers: readonly Sampler[],
  exporter = '192.0.2.1',
): SamplingOptions {
  const withIds = samplers.every(({ id }) => id !== undefined);
  const { scopes, fields, record } = version === 9 ? v9(withIds, exporter) : ipfix(withIds, domain);
  const records = samplers.map((sampler) => encodeDataRecord([...scopes, ...fields], record(sampler)));
  return {
    template: { id: OPTIONS_TEMPLATE, scopes, fields },
    set: encodeSet(OPTIONS_TEMPLATE, records, { align: version === 9 ? 4 : 1 }),
    records: records.length,
  };
}

interface OptionsForm {
  readonly scopes: readonly FieldSpecifier[];
  readonly fields: readonly FieldSpecifier[];
  readonly record: (sampler: Sampler) => Uint8Array[];
}

function v9(withIds: boolean, exporter: string): OptionsForm {
  const scopes = [{ id: V9Scope.system, length: 4 }];
  const scope = values.address(exporter);
  if (!withIds) {
    return {
      scopes,
      fields: [
        { id: 34, length: 4 },
        { id: 35, length: 1 },
      ],
      record: ({ interval, algorithm = 1 }) => [scope, values.integer(interval, 4), values.integer(algorithm, 1)],
    };
  }
  return {
    scopes,
    fields: [
      { id: 48, length: 1 },
      { id: 49, length: 1 },
      { id: 50, length: 4 },
    ],
    record: ({ id = 0, interval, algorithm = 2 }) => [
      scope,
      values.integer(id, 1),
      values.integer(algorithm, 1),
      values.integer(interval, 4),
    ],
  };
}

function ipfix(withIds: boolean, domain: number): OptionsForm {
  const count = [
    { id: 305, length: 4 },
    { id: 306, length: 4 },
  ];
  const countOf = (interval: number) => [values.integer(1, 4), values.integer(interval - 1, 4)];
  if (!withIds) {
    return {
      scopes: [{ id: 149, length: 4 }],
      fields: count,
      record: ({ interval }) => [values.integer(domain, 4), ...countOf(interval)],
    };
  }
  return {
    scopes: [{ id: 302, length: 8 }],
    fields: [{ id: 304, length: 2 }, ...count],
    record: ({ id = 0, interval, algorithm = 1 }) => [
      values.integer(id, 8),
      values.integer(algorithm, 2),
      ...countOf(interval),
    ],
  };
}
