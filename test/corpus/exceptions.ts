import type { RecordKind } from './captures.ts';
import type { ExtraField, Field } from './values.ts';

/** Why an oracle and we may differ: a verdict of the corpus, a decision, or a line of the conformance list. */
export const rules = {
  nfdumpScales: 'verdict: nfdump multiplies bytes and packets by the sampling rate; that is not on the wire',
  nfdumpTotals: 'verdict: nfdump prefers totals; here elements 1 and 2 come first (D-4)',
  samplesWithoutIp: 'verdict: sFlow samples without an IP header; sfacctd prints none, they count',
  unknownCounters: 'verdict: tshark loses what follows counter records that it does not know; skipped by length here',
  frameSections: 'verdict: of frame sections only pmacct takes anything; here the frame is parsed',
  withoutAddresses: 'verdict: records without addresses or counters are valid; pmacct prints none',
  pmacctVersions: 'pmacct 1.7.7 decodes neither NetFlow v1 nor v7',
  softflowdV1: 'verdict: v1 datagrams of more than 24 records; tshark is right, nfdump refuses them',
  malformed: 'verdict: malformed templates, then data: no crash, later datagrams decode; refused templates are counted',
  outvoted: 'the other independent decoders agree with us; the test makes sure that they do',
  icmpHasNoPorts:
    'compatibility 6.2: ICMP has no ports; nfdump shows type and code there, tshark those of a quoted packet',
  'C-007': 'a message whose lengths contradict each other is discarded whole',
  'C-020': 'a set of an unassigned id is skipped: set 1 has no meaning in IPFIX',
  'C-033': 'a template id below 256 is refused; the template is counted as read',
  'C-040': 'a template of empty records is refused and counted; its data is held',
  'C-048': 'a template and an options template share the id: the later holds',
  'C-053': 'data before its template is held and decoded later; none of the others does',
  'C-127': 'the count of the v9 header is a hint',
  'C-131': 'scope lengths that are no multiple of 4 are refused; the data is held',
  'C-142': 'whole records only, whatever the count says',
  'C-149': 'a record of a format without columns is skipped by its length',
  'C-167': 'a later fragment has no ports',
  'C-168': 'both tags of 0x88a8 frames are read',
  'C-169': 'IPv6 extension headers are walked; pmacct reads ports out of them',
  'D-3': 'verdict: a field of a wrong size is left out, the record stays; tshark stops there',
  'D-4': 'bytes are the length of the frame section',
  'D-17': 'several outputs (format 2) are no ifIndex: 0',
} as const;

export type Oracle = 'manifest' | 'tshark' | 'nfdump' | 'pmacct';

/** One column of a capture in which we differ from an oracle, on purpose. */
export interface Exception {
  readonly oracle: Oracle;
  readonly field: Field | ExtraField | `count of ${RecordKind}`;
  /** How many values differ; for counts the oracle's count minus ours. */
  readonly values: number;
  readonly rule: keyof typeof rules;
}

/** Every difference there is, by capture. */
export const exceptions: Readonly<Record<string, readonly Exception[]>> = {
  'live-own/pcap/softflowd-v1.pcap': [
    { oracle: 'nfdump', field: 'count of flow', values: -60, rule: 'softflowdV1' },
    { oracle: 'pmacct', field: 'count of flow', values: -81, rule: 'pmacctVersions' },
  ],
  'live-own/pcap/fprobe-v7.pcap': [{ oracle: 'pmacct', field: 'count of flow', values: -19, rule: 'pmacctVersions' }],
  'live-own/pcap/fprobe-v1.pcap': [{ oracle: 'pmacct', field: 'count of flow', values: -18, rule: 'pmacctVersions' }],
  'dpkt/pcap/sample_v1.pcap': [{ oracle: 'pmacct', field: 'count of flow', values: -24, rule: 'pmacctVersions' }],
  'netflow_parser/pcap/it_parses_v7.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
    { oracle: 'pmacct', field: 'count of flow', values: -1, rule: 'pmacctVersions' },
  ],
  'cistern-sflow/pcap/flow_sample.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'goflow2/pcap/ExpandedSFlowDecode.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 5, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 5, rule: 'nfdumpScales' },
  ],
  'goflow2/pcap/SFlowDecode.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'gopacket/pcap/SFlowTestPacket1.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 6, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 6, rule: 'nfdumpScales' },
  ],
  'gopacket/pcap/SFlowTestPacket4.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -1, rule: 'samplesWithoutIp' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'gopacket/pcap/SFlowTestPacket6.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -1, rule: 'samplesWithoutIp' },
    { oracle: 'tshark', field: 'out_if', values: 1, rule: 'D-17' },
    { oracle: 'nfdump', field: 'proto', values: 1, rule: 'C-149' },
    { oracle: 'nfdump', field: 'out_if', values: 1, rule: 'D-17' },
  ],
  'libnetflow9/pcap/fuzz-corpus.pcap': [
    { oracle: 'manifest', field: 'count of opt', values: -1, rule: 'C-053' },
    { oracle: 'manifest', field: 'count of tmpl', values: -1, rule: 'malformed' },
    { oracle: 'manifest', field: 'count of notmpl', values: -1, rule: 'malformed' },
    { oracle: 'tshark', field: 'count of opt', values: -1, rule: 'C-053' },
    { oracle: 'tshark', field: 'count of notmpl', values: -2, rule: 'malformed' },
  ],
  'libnetflow9/pcap/malformed-OT.pcap': [{ oracle: 'manifest', field: 'count of notmpl', values: -1, rule: 'C-040' }],
  'libnetflow9/pcap/malformed_1.pcap': [{ oracle: 'manifest', field: 'count of tmpl', values: -3, rule: 'C-040' }],
  'live-own/pcap/ovs-ipfix.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 5, rule: 'nfdumpTotals' },
    { oracle: 'nfdump', field: 'packets', values: 5, rule: 'nfdumpTotals' },
  ],
  'live-own/pcap/ovs-sflow.pcap': [
    { oracle: 'tshark', field: 'count of sflow_counter', values: -8, rule: 'unknownCounters' },
    { oracle: 'pmacct', field: 'count of flow', values: -2, rule: 'samplesWithoutIp' },
    { oracle: 'tshark', field: 'out_if', values: 13, rule: 'D-17' },
    { oracle: 'nfdump', field: 'out_if', values: 13, rule: 'D-17' },
    { oracle: 'pmacct', field: 'out_if', values: 6, rule: 'D-17' },
  ],
  'live-own/pcap/pmacct-sfprobe.pcap': [
    { oracle: 'tshark', field: 'sport', values: 1, rule: 'icmpHasNoPorts' },
    { oracle: 'tshark', field: 'dport', values: 1, rule: 'icmpHasNoPorts' },
    { oracle: 'pmacct', field: 'sport', values: 1, rule: 'C-169' },
    { oracle: 'pmacct', field: 'dport', values: 1, rule: 'C-169' },
  ],
  'live-own/pcap/softflowd-psamp.pcap': [
    { oracle: 'nfdump', field: 'count of flow', values: -62, rule: 'frameSections' },
    { oracle: 'pmacct', field: 'bytes', values: 47, rule: 'D-4' },
    { oracle: 'pmacct', field: 'sport', values: 1, rule: 'C-167' },
    { oracle: 'pmacct', field: 'dport', values: 1, rule: 'C-167' },
    { oracle: 'pmacct', field: 'packets', values: 1, rule: 'C-168' },
  ],
  'logstash-codec-netflow/pcap/netflow_5_invalid_01.pcap': [
    { oracle: 'nfdump', field: 'count of flow', values: -30, rule: 'C-142' },
    { oracle: 'pmacct', field: 'count of flow', values: -30, rule: 'C-142' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_cisco_wlc.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -19, rule: 'withoutAddresses' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_h3c.pcap': [
    { oracle: 'tshark', field: 'count of flow', values: -15, rule: 'D-3' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_invalid_01.pcap': [
    { oracle: 'tshark', field: 'count of flow', values: -2, rule: 'C-127' },
    { oracle: 'tshark', field: 'count of opt', values: -1, rule: 'C-127' },
    { oracle: 'tshark', field: 'count of otmpl', values: -1, rule: 'C-127' },
    { oracle: 'pmacct', field: 'count of flow', values: -2, rule: 'C-127' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_macaddress.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -29, rule: 'withoutAddresses' },
  ],
  'logstash-codec-sflow/pcap/sflow_flow_sample.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'netflow_parser/pcap/can_read_ipfix.pcap': [{ oracle: 'tshark', field: 'count of otmpl', values: 2, rule: 'C-007' }],
  'netflow_parser/pcap/can_read_v9_with_options_template_and_template.pcap': [
    { oracle: 'tshark', field: 'count of flow', values: -1, rule: 'C-048' },
    { oracle: 'pmacct', field: 'count of flow', values: -1, rule: 'C-048' },
  ],
  'netflow_parser/pcap/it_parses_ipfix.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -2, rule: 'outvoted' },
    { oracle: 'pmacct', field: 'packets', values: 2, rule: 'outvoted' },
  ],
  'netflow_parser/pcap/it_parses_ipfix_multiple_flow_records.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -1, rule: 'outvoted' },
  ],
  'netflow_parser/pcap/it_parses_ipfix_with_v9_options_template_packet.pcap': [
    { oracle: 'tshark', field: 'count of opt', values: 1, rule: 'C-020' },
    { oracle: 'tshark', field: 'count of otmpl', values: 1, rule: 'C-020' },
    { oracle: 'tshark', field: 'count of notmpl', values: -1, rule: 'C-020' },
  ],
  'netflow_parser/pcap/it_parses_multiple_packets.pcap': [
    { oracle: 'pmacct', field: 'count of flow', values: -3, rule: 'outvoted' },
    { oracle: 'nfdump', field: 'bytes', values: 2, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 2, rule: 'nfdumpScales' },
    { oracle: 'pmacct', field: 'bytes', values: 1, rule: 'pmacctVersions' },
    { oracle: 'pmacct', field: 'packets', values: 3, rule: 'outvoted' },
  ],
  'netflow_parser/pcap/it_parses_v5.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'netflow_parser/pcap/options_no_data.pcap': [
    { oracle: 'manifest', field: 'count of opt', values: 1, rule: 'C-131' },
    { oracle: 'manifest', field: 'count of otmpl', values: 1, rule: 'C-131' },
    { oracle: 'manifest', field: 'count of notmpl', values: -1, rule: 'C-131' },
    { oracle: 'tshark', field: 'count of opt', values: 1, rule: 'C-131' },
    { oracle: 'tshark', field: 'count of otmpl', values: 2, rule: 'C-131' },
    { oracle: 'tshark', field: 'count of notmpl', values: -1, rule: 'C-131' },
  ],
  'netflow_parser/pcap/parse_ipfix_with_v9_style_template.pcap': [
    { oracle: 'manifest', field: 'count of tmpl', values: -1, rule: 'C-033' },
    { oracle: 'tshark', field: 'count of tmpl', values: 7, rule: 'C-007' },
  ],
  'netflow_parser/pcap/v9_example_from_integration_test.pcap': [
    { oracle: 'tshark', field: 'count of notmpl', values: -1, rule: 'outvoted' },
  ],
  'python-netflow-softflowd/pcap/packet_ipfix_ether_template_then_data.pcap': [
    { oracle: 'nfdump', field: 'dport', values: 12, rule: 'icmpHasNoPorts' },
  ],
  'python-netflow-softflowd/pcap/packet_ipfix_template.pcap': [
    { oracle: 'nfdump', field: 'dport', values: 10, rule: 'icmpHasNoPorts' },
  ],
  'python-netflow-softflowd/pcap/packet_ipfix_template_ether.pcap': [
    { oracle: 'nfdump', field: 'dport', values: 10, rule: 'icmpHasNoPorts' },
  ],
  'python-netflow-softflowd/pcap/packet_ipfix_template_then_data.pcap': [
    { oracle: 'nfdump', field: 'dport', values: 12, rule: 'icmpHasNoPorts' },
  ],
  'python-netflow-softflowd/pcap/packets_v9_before_template.pcap': [
    { oracle: 'manifest', field: 'count of flow', values: -36, rule: 'C-053' },
    { oracle: 'tshark', field: 'count of flow', values: -36, rule: 'C-053' },
    { oracle: 'nfdump', field: 'count of flow', values: -36, rule: 'C-053' },
    { oracle: 'pmacct', field: 'count of flow', values: -36, rule: 'C-053' },
  ],
  'tcpdump/pcap/sflow_expanded.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 1, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 1, rule: 'nfdumpScales' },
  ],
  'telegraf/pcap/ipfix_example.pcap': [{ oracle: 'pmacct', field: 'count of flow', values: -2, rule: 'outvoted' }],
  'vflow/pcap/TestsFlowRawPacket.pcap': [
    { oracle: 'nfdump', field: 'bytes', values: 5, rule: 'nfdumpScales' },
    { oracle: 'nfdump', field: 'packets', values: 5, rule: 'nfdumpScales' },
  ],
};
