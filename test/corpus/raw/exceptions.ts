/** Why tshark and a raw message may differ. */
export const rules = {
  'C-007': 'a message whose lengths contradict each other is discarded whole',
  'C-020': 'a set of an unassigned id is skipped: set 1 has no meaning in IPFIX',
  'C-131': 'scope lengths that are no multiple of 4 are refused; the data is held',
  deltaTimes: 'tshark works the time out of a delta and the export time; here is the delta, as it was sent',
  insideSection: 'the end of a sampled packet, which tshark dissects; here it is in the octets of the section',
  fraction: '2^-32 parts of a second as nanoseconds: tshark loses one of them in a half of a second',
  lowBits: 'RFC 7011 6.1.9: the low 11 bits of the fraction of a dateTimeMicroseconds are ignored',
  noName: 'tshark has no name for the element, and shows its octets without one',
  notText: 'tshark ends text at the first octet of 0; here it is all octets, and null where they are not UTF-8',
  shortHeader: 'a datagram that ends inside of its header is discarded whole',
  unknownCounters: 'verdict of the corpus: tshark loses what follows counter records that it does not know',
} as const;

/** A field of a capture that has another value here than tshark shows, on purpose. */
export interface RawException {
  readonly field: string;
  /** How many values differ. */
  readonly values: number;
  readonly rule: keyof typeof rules;
}

/** Every difference there is, by capture. */
export const rawExceptions: Readonly<Record<string, readonly RawException[]>> = {
  'telegraf/pcap/ipfix_pen_35632.pcap': [{ field: 'enterprise_private_entry', values: 6, rule: 'noName' }],
  'telegraf/pcap/ipfix_example.pcap': [{ field: 'enterprise_private_entry', values: 121, rule: 'noName' }],
  'netflow_parser/pcap/it_parses_ipfix_options_template_with_data.pcap': [
    { field: 'enterprise_private_entry', values: 2, rule: 'noName' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_palo_alto_pan_os_with_app_id.pcap': [
    { field: 'unknown_field_type', values: 16, rule: 'noName' },
  ],
  'logstash-codec-netflow/pcap/ipfix_vmware_virtual_distributed_switch.pcap': [
    { field: 'enterprise_private_entry', values: 15, rule: 'noName' },
  ],
  'live-own/pcap/ovs-ipfix.pcap': [
    { field: 'abstimeend', values: 5, rule: 'deltaTimes' },
    { field: 'abstimestart', values: 5, rule: 'deltaTimes' },
  ],
  'live-own/pcap/softflowd-ipfix-nano-ether.pcap': [{ field: 'abstimeend', values: 2, rule: 'fraction' }],
  'live-own/pcap/softflowd-psamp.pcap': [
    { field: 'data.data', values: 7, rule: 'insideSection' },
    { field: 'data.len', values: 7, rule: 'insideSection' },
    { field: 'observation_time_microseconds', values: 58, rule: 'lowBits' },
  ],
  'logstash-codec-netflow/pcap/netflow_9_nprobe_dpi_l7.pcap': [
    { field: 'appl_name', values: 1, rule: 'notText' },
    { field: 'pie.ntop.l7_proto_name', values: 1, rule: 'notText' },
  ],
  'netflow_parser/pcap/can_read_ipfix.pcap': [
    { field: 'head.len', values: 1, rule: 'C-007' },
    { field: 'head.seq', values: 1, rule: 'C-007' },
    { field: 'head.source_id', values: 1, rule: 'C-007' },
    { field: 'head.unix_secs', values: 1, rule: 'C-007' },
    { field: 'head.version', values: 1, rule: 'C-007' },
  ],
  'netflow_parser/pcap/it_creates_error.pcap': [
    { field: 'head.count', values: 1, rule: 'shortHeader' },
    { field: 'head.version', values: 1, rule: 'shortHeader' },
  ],
  'netflow_parser/pcap/it_parses_ipfix_multiple_flow_records.pcap': [
    { field: 'abstimeend', values: 6, rule: 'lowBits' },
    { field: 'abstimestart', values: 6, rule: 'lowBits' },
  ],
  'netflow_parser/pcap/it_parses_ipfix_with_v9_options_template_packet.pcap': [
    { field: 'sampling_interval', values: 1, rule: 'C-020' },
  ],
  'netflow_parser/pcap/it_parses_v5_incomplete.pcap': [
    { field: 'head.count', values: 1, rule: 'shortHeader' },
    { field: 'head.version', values: 1, rule: 'shortHeader' },
  ],
  'netflow_parser/pcap/options_no_data.pcap': [
    { field: 'scope_cache', values: 6, rule: 'C-131' },
    { field: 'scope_interface', values: 1, rule: 'C-131' },
    { field: 'scope_system', values: 1, rule: 'C-131' },
  ],
  'netflow_parser/pcap/parse_ipfix_with_v9_style_template.pcap': [
    { field: 'head.len', values: 1, rule: 'C-007' },
    { field: 'head.seq', values: 1, rule: 'C-007' },
    { field: 'head.source_id', values: 1, rule: 'C-007' },
    { field: 'head.unix_secs', values: 1, rule: 'C-007' },
    { field: 'head.version', values: 1, rule: 'C-007' },
  ],
  'cistern-sflow/pcap/host_sample.pcap': [
    { field: 'record.dot3StatsAlignmentErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsCarrierSenseErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsDeferredTransmissions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsExcessiveCollisions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsFCSErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsFrameTooLongs', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsInternalMacReceiveErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsInternalMacTransmitErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsLateCollisions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsMultipleCollisionFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSQETestErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSingleCollisionFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSymbolErrors', values: 1, rule: 'unknownCounters' },
  ],
  'tcpdump/pcap/sflow_multiple_counter_30_pdus.pcap': [
    { field: 'record.dot12HCInHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12HCInNormPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12HCOutHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InDataErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InHighPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InIPMErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNormPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNormPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNullAddressedFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InOversizeFrameErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12OutHighPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12OutHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12TransitionIntoTrainings', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsAlignmentErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsCarrierSenseErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsDeferredTransmissions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsExcessiveCollisions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsFCSErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsFrameTooLongs', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsInternalMacReceiveErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsInternalMacTransmitErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsLateCollisions', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsMultipleCollisionFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSQETestErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSingleCollisionFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot3StatsSymbolErrors', values: 1, rule: 'unknownCounters' },
  ],
  'telegraf/pcap/sflow_v5_example.pcap': [
    { field: 'record.dot12HCInHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12HCInNormPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12HCOutHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InDataErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InHighPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InIPMErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNormPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNormPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InNullAddressedFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12InOversizeFrameErrors', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12OutHighPriorityFrames', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12OutHighPriorityOctets', values: 1, rule: 'unknownCounters' },
    { field: 'record.dot12TransitionIntoTrainings', values: 1, rule: 'unknownCounters' },
  ],
};
