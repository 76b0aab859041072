import type { LayerParser, LayersByPort } from './layer-parser.ts';

/** What a port of TCP or UDP carries: a row of `sflow.ports` in the mapping file, or a parser of a user's own. */
export interface PortParser {
  readonly protocol: 'tcp' | 'udp';
  readonly direction: 'src' | 'dst' | 'both';
  readonly port: number;
  readonly parser: LayerParser;
}

/** The ports of one protocol, ready to be looked up; undefined when there are none. Of two rows the last wins. */
export function layersByPort(rows: readonly PortParser[], wanted: 'tcp' | 'udp'): LayersByPort | undefined {
  const source = new Map<number, LayerParser>();
  const destination = new Map<number, LayerParser>();
  for (const { protocol, direction, port, parser } of rows) {
    if (protocol !== wanted) continue;
    if (direction !== 'dst') source.set(port, parser);
    if (direction !== 'src') destination.set(port, parser);
  }
  return source.size + destination.size === 0 ? undefined : { source, destination };
}
