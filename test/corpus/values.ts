import { addressText, parseAddress } from '#src/flow/address.js';

/** What is compared of a flow. Only what an oracle states is compared. */
export const fields = ['src', 'dst', 'sport', 'dport', 'proto', 'bytes', 'packets', 'in_if', 'out_if'] as const;
export type Field = (typeof fields)[number];

/** Further columns that only one oracle has. */
export const extraFields = [
  'tos',
  'tcp_flags',
  'next_hop',
  'src_net',
  'dst_net',
  'src_as',
  'dst_as',
  'src_mac',
  'dst_mac',
  'etype',
  'vlan',
  'icmp_type',
  'icmp_code',
  'sampling_rate',
] as const;
export type ExtraField = (typeof extraFields)[number];

export type Values = { [name in Field | ExtraField]?: string | number };

/** An address as we write it; what is no address is kept, so that it differs. */
export function canonicalAddress(text: string): string {
  const octets = parseAddress(text);
  return octets === undefined ? text : addressText(octets, 0, octets.length);
}
