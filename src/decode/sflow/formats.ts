/**
 * Format numbers of sFlow v5 (sflow_version_5.txt and the structure registry at sflow.org): an enterprise in the top
 * 20 bits, 0 for the standard ones, and a format in the low 12.
 */

/** `sample_data` structures. */
export const SampleFormat = {
  flow: 1,
  counters: 2,
  expandedFlow: 3,
  expandedCounters: 4,
  discardedPacket: 5,
} as const;

/** `flow_data` structures that fill columns. */
export const RecordFormat = {
  sampledHeader: 1,
  sampledEthernet: 2,
  sampledIpv4: 3,
  sampledIpv6: 4,
  extendedSwitch: 1001,
  extendedRouter: 1002,
  extendedGateway: 1003,
} as const;

/** `address_type`. */
export const AddressType = {
  unknown: 0,
  ipv4: 1,
  ipv6: 2,
} as const;
