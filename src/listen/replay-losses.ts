import type { UdpExtractor } from '../pcap/udp-extractor.ts';

/** What a capture may hold of datagrams that cannot be replayed, as text; undefined when there is nothing to tell. */
export function replayLosses(extractor: UdpExtractor): string | undefined {
  const { counts, incomplete } = extractor;
  const unfinished = counts.fragments_expired + counts.fragments_evicted + counts.overlap + incomplete;
  const parts = [
    counts.cut > 0 && `${counts.cut} packets are cut by the snapshot length (capture with -s 0)`,
    counts.malformed > 0 && `${counts.malformed} packets are malformed`,
    counts.unknown_link > 0 && `${counts.unknown_link} packets have a link layer that is not known here`,
    unfinished > 0 && `${unfinished} datagrams lack fragments`,
    counts.datagram === 0 && 'there is no UDP datagram in it',
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : `not replayed: ${parts.join(', ')}`;
}
