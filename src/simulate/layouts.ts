import { isIPv6 } from './simulated-flow.ts';
import type { SimulatedFlow } from './simulated-flow.ts';
import type { FieldSpecifier, RecordValue, TemplateRecord } from './templates.ts';
import { sysUptimeMs } from './uptime.ts';
import * as values from './values.ts';
import type { WireNumber } from './wire-writer.ts';

/** What a time in a record is relative to. */
export interface RecordClock {
  /** Start of the exporter, Unix nanoseconds. */
  readonly boot: bigint;
  /** Export time in the header, Unix seconds. */
  readonly exportSeconds: number;
}

/** How a column of a flow becomes a field. */
interface FlowElement {
  readonly id: number;
  /** Octets, unless the layout asks for others. */
  readonly length: number;
  readonly encode: (flow: SimulatedFlow, length: number, clock: RecordClock) => Uint8Array;
}

type NumberOf = (flow: SimulatedFlow, clock: RecordClock) => WireNumber | undefined;

const number = (id: number, length: number, of: NumberOf): FlowElement => ({
  id,
  length,
  encode: (flow, octets, clock) => values.integer(of(flow, clock) ?? 0, octets),
});

/** An address of the flow's own family; without one, zeros. */
const address = (id: number, length: 4 | 16, of: (flow: SimulatedFlow) => string | undefined): FlowElement => ({
  id,
  length,
  encode: (flow) => {
    const text = of(flow);
    return text === undefined || isIPv6(flow) !== (length === 16) ? new Uint8Array(length) : values.address(text);
  },
});

const mac = (id: number, of: (flow: SimulatedFlow) => string | undefined): FlowElement => ({
  id,
  length: 6,
  encode: (flow) => values.mac(of(flow) ?? '00:00:00:00:00:00'),
});

const time = (id: number, length: number, encode: (flow: SimulatedFlow) => Uint8Array): FlowElement => ({
  id,
  length,
  encode,
});

/** Microseconds before the export time of the header (RFC 7011 section 5.1). */
const delta = (moment: bigint, clock: RecordClock) => (BigInt(clock.exportSeconds) * 1_000_000_000n - moment) / 1_000n;

const icmpTypeCode: NumberOf = (flow) => ((flow.icmpType ?? 0) << 8) | (flow.icmpCode ?? 0);

/** Information elements that a {@link SimulatedFlow} can fill, by their registered names. */
export const flowElements = {
  octetDeltaCount: number(1, 8, (flow) => flow.octets),
  packetDeltaCount: number(2, 8, (flow) => flow.packets),
  protocolIdentifier: number(4, 1, (flow) => flow.protocol),
  ipClassOfService: number(5, 1, (flow) => flow.tos),
  tcpControlBits: number(6, 1, (flow) => flow.tcpFlags),
  sourceTransportPort: number(7, 2, (flow) => flow.sourcePort),
  sourceIPv4Address: address(8, 4, (flow) => flow.source),
  sourceIPv4PrefixLength: number(9, 1, (flow) => flow.sourcePrefixLength),
  ingressInterface: number(10, 4, (flow) => flow.inputInterface),
  destinationTransportPort: number(11, 2, (flow) => flow.destinationPort),
  destinationIPv4Address: address(12, 4, (flow) => flow.destination),
  destinationIPv4PrefixLength: number(13, 1, (flow) => flow.destinationPrefixLength),
  egressInterface: number(14, 4, (flow) => flow.outputInterface),
  ipNextHopIPv4Address: address(15, 4, (flow) => flow.nextHop),
  bgpSourceAsNumber: number(16, 4, (flow) => flow.sourceAs),
  bgpDestinationAsNumber: number(17, 4, (flow) => flow.destinationAs),
  bgpNextHopIPv4Address: address(18, 4, (flow) => flow.bgpNextHop),
  flowEndSysUpTime: number(21, 4, (flow, clock) => sysUptimeMs(clock.boot, flow.end)),
  flowStartSysUpTime: number(22, 4, (flow, clock) => sysUptimeMs(clock.boot, flow.start)),
  sourceIPv6Address: address(27, 16, (flow) => flow.source),
  destinationIPv6Address: address(28, 16, (flow) => flow.destination),
  sourceIPv6PrefixLength: number(29, 1, (flow) => flow.sourcePrefixLength),
  destinationIPv6PrefixLength: number(30, 1, (flow) => flow.destinationPrefixLength),
  flowLabelIPv6: number(31, 4, (flow) => flow.flowLabel),
  icmpTypeCodeIPv4: number(32, 2, icmpTypeCode),
  samplingInterval: number(34, 4, (flow) => flow.samplingInterval),
  samplerId: number(48, 1, (flow) => flow.samplerId),
  minimumTTL: number(52, 1, (flow) => flow.ttl),
  fragmentIdentification: number(54, 4, (flow) => flow.fragmentId),
  sourceMacAddress: mac(56, (flow) => flow.sourceMac),
  vlanId: number(58, 2, (flow) => flow.vlan),
  flowDirection: number(61, 1, (flow) => flow.direction),
  ipNextHopIPv6Address: address(62, 16, (flow) => flow.nextHop),
  bgpNextHopIPv6Address: address(63, 16, (flow) => flow.bgpNextHop),
  destinationMacAddress: mac(80, (flow) => flow.destinationMac),
  octetTotalCount: number(85, 8, (flow) => flow.octets),
  packetTotalCount: number(86, 8, (flow) => flow.packets),
  forwardingStatus: number(89, 1, (flow) => flow.forwardingStatus),
  icmpTypeCodeIPv6: number(139, 2, icmpTypeCode),
  flowStartSeconds: time(150, 4, (flow) => values.dateTimeSeconds(flow.start)),
  flowEndSeconds: time(151, 4, (flow) => values.dateTimeSeconds(flow.end)),
  flowStartMilliseconds: time(152, 8, (flow) => values.dateTimeMilliseconds(flow.start)),
  flowEndMilliseconds: time(153, 8, (flow) => values.dateTimeMilliseconds(flow.end)),
  flowStartMicroseconds: time(154, 8, (flow) => values.dateTimeMicroseconds(flow.start)),
  flowEndMicroseconds: time(155, 8, (flow) => values.dateTimeMicroseconds(flow.end)),
  flowStartNanoseconds: time(156, 8, (flow) => values.dateTimeNanoseconds(flow.start)),
  flowEndNanoseconds: time(157, 8, (flow) => values.dateTimeNanoseconds(flow.end)),
  flowStartDeltaMicroseconds: number(158, 4, (flow, clock) => delta(flow.start, clock)),
  flowEndDeltaMicroseconds: number(159, 4, (flow, clock) => delta(flow.end, clock)),
  systemInitTimeMilliseconds: number(160, 8, (_flow, clock) => clock.boot / 1_000_000n),
  flowDurationMilliseconds: number(161, 4, (flow) => (flow.end - flow.start) / 1_000_000n),
  flowDurationMicroseconds: number(162, 4, (flow) => (flow.end - flow.start) / 1_000n),
  icmpTypeIPv4: number(176, 1, (flow) => flow.icmpType),
  icmpCodeIPv4: number(177, 1, (flow) => flow.icmpCode),
  icmpTypeIPv6: number(178, 1, (flow) => flow.icmpType),
  icmpCodeIPv6: number(179, 1, (flow) => flow.icmpCode),
  selectorId: number(302, 8, (flow) => flow.samplerId),
  samplingPacketInterval: number(305, 4, () => 1),
  samplingPacketSpace: number(306, 4, (flow) => (flow.samplingInterval ?? 1) - 1),
} as const satisfies Record<string, FlowElement>;

export type FlowElementName = keyof typeof flowElements;

/** A field of a layout: an element in its usual length, in another one, or octets that are always the same. */
export type LayoutField =
  | FlowElementName
  | { readonly element: FlowElementName; readonly length: number }
  | (FieldSpecifier & { readonly value: RecordValue });

/** A template together with the way to fill it from a flow. */
export interface Layout extends TemplateRecord {
  values(flow: SimulatedFlow, clock: RecordClock): RecordValue[];
}

/** The layout of template `id` with these fields, in this order. */
export function layout(id: number, fields: readonly LayoutField[]): Layout {
  const compiled = fields.map((field) => {
    if (typeof field === 'object' && 'value' in field) {
      const { value, ...specifier } = field;
      return { specifier, encode: () => value };
    }
    const {
      id: element,
      length: usual,
      encode,
    }: FlowElement = flowElements[typeof field === 'string' ? field : field.element];
    const length = typeof field === 'string' ? usual : field.length;
    return {
      specifier: { id: element, length },
      encode: (flow: SimulatedFlow, clock: RecordClock) => encode(flow, length, clock),
    };
  });
  return {
    id,
    fields: compiled.map(({ specifier }) => specifier),
    values: (flow, clock) => compiled.map(({ encode }) => encode(flow, clock)),
  };
}

const common = [
  'octetDeltaCount',
  'packetDeltaCount',
  'protocolIdentifier',
  'ipClassOfService',
  'tcpControlBits',
  'sourceTransportPort',
  'destinationTransportPort',
  'ingressInterface',
  'egressInterface',
  'bgpSourceAsNumber',
  'bgpDestinationAsNumber',
  'flowDirection',
  'forwardingStatus',
  'minimumTTL',
  'vlanId',
  'sourceMacAddress',
  'destinationMacAddress',
] as const;

const addresses4 = [
  'sourceIPv4Address',
  'destinationIPv4Address',
  'sourceIPv4PrefixLength',
  'destinationIPv4PrefixLength',
  'ipNextHopIPv4Address',
  'bgpNextHopIPv4Address',
] as const;

const addresses6 = [
  'sourceIPv6Address',
  'destinationIPv6Address',
  'sourceIPv6PrefixLength',
  'destinationIPv6PrefixLength',
  'ipNextHopIPv6Address',
  'bgpNextHopIPv6Address',
  'flowLabelIPv6',
] as const;

/** The layouts of the two families. */
export interface FlowLayouts {
  readonly ipv4: Layout;
  readonly ipv6: Layout;
}

/** What a router usually sends by NetFlow v9. */
export function v9Layouts(more: readonly LayoutField[] = []): FlowLayouts {
  const times = ['flowStartSysUpTime', 'flowEndSysUpTime'] as const;
  return {
    ipv4: layout(256, [...addresses4, ...common, 'icmpTypeCodeIPv4', 'fragmentIdentification', ...times, ...more]),
    ipv6: layout(257, [...addresses6, ...common, 'icmpTypeCodeIPv6', ...times, ...more]),
  };
}

/** What a router usually sends by IPFIX. */
export function ipfixLayouts(more: readonly LayoutField[] = []): FlowLayouts {
  const times = ['flowStartMilliseconds', 'flowEndMilliseconds'] as const;
  return {
    ipv4: layout(256, [
      ...addresses4,
      ...common,
      'icmpTypeIPv4',
      'icmpCodeIPv4',
      'fragmentIdentification',
      ...times,
      ...more,
    ]),
    ipv6: layout(257, [...addresses6, ...common, 'icmpTypeIPv6', 'icmpCodeIPv6', ...times, ...more]),
  };
}
