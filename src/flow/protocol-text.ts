import { UNKNOWN, protocolNames } from './names.ts';

/** Numbers of the IP protocols by name, in lower case; those that are known by another name too have it here. */
const numbers = new Map<string, number>([
  ...protocolNames.map((name, number) => [name.toLowerCase(), number] as const),
  ['icmpv6', 58],
  ['icmp6', 58],
  ['ospf', 89],
]);
for (const noName of ['unassigned', 'experimental', 'reserved', UNKNOWN]) numbers.delete(noName);

/** Number of a protocol given by name, in any case, or number; undefined when it is none. */
export function parseProtocol(value: string | number): number | undefined {
  const text = String(value).trim().toLowerCase();
  if (/^[0-9]{1,3}$/.test(text)) return Number(text) <= 255 ? Number(text) : undefined;
  return numbers.get(text);
}
