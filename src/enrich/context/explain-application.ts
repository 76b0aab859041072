import { isMapped } from '../../flow/address.ts';
import { protocolName } from '../../flow/names.ts';
import { prefixContains, prefixText } from '../../flow/prefix-text.ts';
import { parseProtocol } from '../../flow/protocol-text.ts';
import type { ApplicationDraft, ContextDraft } from './draft.ts';
import { explain, matches } from './explain.ts';
import type { Explanation } from './explain.ts';
import { inOrder } from './rules-by-port.ts';

/** One side of a flow. */
export interface FlowSide {
  readonly address: Uint8Array;
  readonly protocol: number;
  /** 0 where the protocol has none. */
  readonly port: number;
}

/** What the application rules of a context say of one side of a flow: the first one that matches says all. */
export function explainApplication(draft: ContextDraft, side: FlowSide): Explanation {
  const { applications, sources } = draft;
  const said = inOrder(applications.list, sources)
    .filter((rule) => matchesSide(draft, rule, side))
    .map((rule) => ({ ...rule, match: conditionsOf(rule), inherit: true }));
  return explain(applications, sources, said.reverse(), 'which is tried before');
}

function matchesSide({ networks }: ContextDraft, rule: ApplicationDraft, side: FlowSide): boolean {
  const { protocol, ports, network } = rule;
  if (protocol !== undefined && protocol !== side.protocol) return false;
  if (ports.length > 0 && !ports.some(([from, to]) => from <= side.port && side.port <= to)) return false;
  if (network === undefined) return true;
  // A name means all networks of that name, also where a more specific or a stronger one has another.
  if (typeof network === 'string') {
    return matches(networks.prefixes, side.address).some(({ row }) => networks.texts.text(row.subject) === network);
  }
  const address = side.address.length === 16 && isMapped(side.address, 0) ? side.address.subarray(12) : side.address;
  return network.octets.length === address.length && prefixContains(network.octets, 0, network.length, address);
}

/** The conditions of a rule, for people to read: `tcp 80,8000-8100 in dmz`. */
function conditionsOf({ protocol, ports, network }: ApplicationDraft): string {
  const ranges = ports.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
  return [
    protocol === undefined ? 'any protocol' : protocolText(protocol),
    ports.length === 0 ? 'any port' : ranges,
    ...(network === undefined ? [] : ['in', typeof network === 'string' ? network : prefixText(network)]),
  ].join(' ');
}

/** A name that means this protocol, or its number. */
function protocolText(protocol: number): string {
  const name = protocolName(protocol).toLowerCase();
  return parseProtocol(name) === protocol ? name : `protocol ${protocol}`;
}
