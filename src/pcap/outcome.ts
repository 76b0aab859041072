/** What can become of a captured packet: each has exactly one of these outcomes. */
export const outcomes = {
  datagram: 'a UDP datagram, alone or with the fragments before it',
  fragment: 'held until the other fragments of its datagram come, or a repetition of one that is held',
  unknown_link: 'a link layer that is not known here',
  not_ip: 'neither IPv4 nor IPv6',
  not_udp: 'IP, but not UDP',
  cut: 'UDP, but the snapshot length of the capture cut it',
  malformed: 'lengths or versions that contradict each other',
  overlap: 'a fragment that contradicts those before it: its datagram is given up (RFC 5722)',
} as const;
export type Outcome = keyof typeof outcomes;

export const outcomeNames = Object.keys(outcomes) as readonly Outcome[];

/** Packets by outcome, and datagrams that were given up because fragments were missing. */
export type CaptureCounts = Record<Outcome | 'fragments_expired' | 'fragments_evicted', number>;

export function newCounts(): CaptureCounts {
  const names = [...outcomeNames, 'fragments_expired', 'fragments_evicted'];
  return Object.fromEntries(names.map((name) => [name, 0])) as CaptureCounts;
}
