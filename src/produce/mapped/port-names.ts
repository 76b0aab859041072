import { findLayer } from '../../decode/headers/layers.ts';
import type { PortParser } from '../../decode/headers/port-parser.ts';

/** What a port of TCP or UDP carries, by the name of its layer: a row of `sflow.ports`. */
export interface PortParserName extends Omit<PortParser, 'parser'> {
  readonly parser: string;
}

/** The parsers of ports, whose names are known to exist. */
export function portParsers(ports: readonly PortParserName[]): PortParser[] {
  return ports.map((port) => ({ ...port, parser: findLayer(port.parser)! }));
}
