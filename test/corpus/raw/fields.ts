/** How a decoder's text and our value are brought to one form. */
export type Form = 'number' | 'word' | 'text' | 'address' | 'octets' | 'float' | 'time' | 'uptime' | 'unsigned';

/** What tshark calls a field, and what it is here. */
export interface ShownField {
  readonly form: Form;
  /** Names of information elements, of which tshark makes one field. */
  readonly elements: readonly string[];
}

/** A form, then rows of tshark's name and the elements that it stands for; none where it has no name for them. */
const table: Readonly<Record<Form, string>> = {
  number: `
    sport sourceTransportPort udpSourcePort tcpSourcePort src-port
    dport destinationTransportPort udpDestinationPort tcpDestinationPort dst-port
    proto protocolIdentifier proto
    bytes octetDeltaCount doctets
    packets packetDeltaCount dpkts
    in_if ingressInterface input
    out_if egressInterface output
    delta_octets_squared octetDeltaSumOfSquares
    direction flowDirection
    dot1q_vlan_id dot1qVlanId
    drop_octets droppedOctetDeltaCount
    drop_packets droppedPacketDeltaCount
    drop_total_octets droppedOctetTotalCount
    drop_total_packets droppedPacketTotalCount
    dstas bgpDestinationAsNumber dst-as
    dstmask destinationIPv4PrefixLength destinationIPv6PrefixLength dst-mask
    egress_broadcast_packet_total_count egressBroadcastPacketTotalCount
    egress_interface_type egressInterfaceType
    egress_physical_interface egressPhysicalInterface
    egress_unicast_packet_total_count egressUnicastPacketTotalCount
    egress_vrfid egressVRFID
    engine_id engineId
    engine_type engineType
    ethernet_header_length ethernetHeaderLength
    ethernet_type ethernetType
    export_protocol_version exportProtocolVersion
    exporter_protocol exportTransportProtocol
    firewall_event firewallEvent fwEvent
    flow_active_timeout flowActiveTimeout
    flow_end_reason flowEndReason
    flow_exporter exportingProcessId
    flow_id flowId
    flow_inactive_timeout flowIdleTimeout
    flows deltaFlowCount
    flowsexp exportedFlowRecordTotalCount
    forwarding_status forwardingStatus
    fw_ext_event fwExtEvent
    icmp_ipv4_code icmpCodeIPv4
    icmp_ipv4_type icmpTypeIPv4
    icmp_ipv6_code icmpCodeIPv6
    icmp_ipv6_type icmpTypeIPv6
    icmp_type_code_ipv4 icmpTypeCodeIPv4
    ignore_packets ignoredPacketTotalCount
    ingress_broadcast_packet_total_count ingressBroadcastPacketTotalCount
    ingress_interface_type ingressInterfaceType
    ingress_multicast_packet_total_count ingressMulticastPacketTotalCount
    ingress_physical_interface ingressPhysicalInterface
    ingress_unicast_packet_total_count ingressUnicastPacketTotalCount
    ingress_vrfid ingressVRFID
    ip_dscp ipDiffServCodePoint
    ip_precedence ipPrecedence
    ip_ttl ipTTL
    ip_version ipVersion
    ipv6flowlabel flowLabelIPv6
    layer2_octet_delta_count layer2OctetDeltaCount
    layer2_octet_total_count layer2OctetTotalCount
    layer2_segment_id layer2SegmentId
    length_max maximumIpTotalLength
    length_min minimumIpTotalLength
    mp_id meteringProcessId
    mpls_label_length mplsTopLabelPrefixLength mplsLabelStackLength
    muloctets postMCastOctetDeltaCount
    mulpackets postMCastPacketDeltaCount
    notsent_packets notSentPacketTotalCount
    observation_point_id observationPointId
    octetsexp exportedOctetTotalCount
    od_id observationDomainId
    packetsexp exportedMessageTotalCount
    permanent_octets octetTotalCount
    permanent_packets packetTotalCount
    pie.ixia.browser-id ixiaBrowserId
    pie.ixia.l7-application-id ixiaL7AppId
    pie.ixia.os-device-id ixiaDeviceId
    pie.ixia.reverse-octet-delta-count ixiaRevOctetDeltaCount
    pie.ixia.reverse-packet-delta-count ixiaRevPacketDeltaCount
    pie.ixia.transact-latency-us ixiaLatency
    post_ip_diff_serv_code_point postIpDiffServCodePoint
    post_naptdestination_transport_port postNAPTDestinationTransportPort xlateDstPort
    post_naptsource_transport_port postNAPTSourceTransportPort xlateSrcPort
    post_octets postOctetDeltaCount
    post_packets postPacketDeltaCount
    post_tos postIpClassOfService
    post_total_muloctets postMCastOctetTotalCount
    post_total_mulpackets postMCastPacketTotalCount
    post_vlanid postVlanId
    responder_octets responderOctets
    sampler_id samplerId
    sampling_algorithm samplingAlgorithm
    sampling_interval samplingInterval
    sampling_packet_interval samplingPacketInterval
    sampling_packet_space samplingPacketSpace
    section_exported_octets sectionExportedOctets
    selection_sequence_id selectionSequenceId
    selector_algorithm selectorAlgorithm
    srcas bgpSourceAsNumber src-as
    srcmask sourceIPv4PrefixLength sourceIPv6PrefixLength src-mask
    tcpflags tcpControlBits tcp-flags
    tos ipClassOfService tos
    total_octets_squared octetTotalSumOfSquares
    total_tcp_ack tcpAckTotalCount
    total_tcp_fin tcpFinTotalCount
    total_tcp_psh tcpPshTotalCount
    total_tcp_rst tcpRstTotalCount
    total_tcp_syn tcpSynTotalCount
    total_tcp_urg tcpUrgTotalCount
    ttl_max maximumTTL
    vlanid vlanId
    pie.netscaler.app-unit-name-appid appUnitNameAppId
    pie.netscaler.appname-app-id appNameAppId
    pie.netscaler.connection-chain-hop-count connectionChainHopCount
    pie.netscaler.connection-id connectionId
    pie.netscaler.current-license-consumed currentLicenseConsumed
    pie.netscaler.flow-flags flowFlags
    pie.netscaler.license-type licenseType
    pie.netscaler.max-license-count maxLicenseCount
    pie.netscaler.round-trip-time roundTripTime
    pie.netscaler.transaction-id transactionId
    pie.ntop.appl_latency_ms APPL_LATENCY_MS
    pie.ntop.client_nw_latency_ms CLIENT_NW_LATENCY_MS
    pie.server_nw_latency_ms SERVER_NW_LATENCY_MS
    pie.ntop.l7_proto L7_PROTO
    pie.ntop.retransmitted_in_bytes RETRANSMITTED_IN_BYTES
    pie.ntop.retransmitted_in_pkts RETRANSMITTED_IN_PKTS
    pie.ntop.retransmitted_out_bytes RETRANSMITTED_OUT_BYTES
    pie.ntop.retransmitted_out_pkts RETRANSMITTED_OUT_PKTS
    head.version version
    head.count count
    head.len length
    head.seq sequence-number flow-sequence
    head.source_id source-id observation-domain-id
    head.unix_secs unix-secs unix-seconds export-time
    head.engine_type engine-type
    head.engine_id engine-id
    head.samplerate sampling-interval
    head.sub_agent sub-agent-id
    head.uptime_ms uptime
    head.num_samples samples-count
    sample.seq sample-sequence-number
    sample.source_class source-id-type
    sample.source_index source-id-value
    sample.rate sampling-rate
    sample.pool sample-pool
    sample.drops drops
    sample.in_if input input-if-value
    sample.out_if output output-if-value
    sample.header_protocol protocol
    sample.frame_length frame-length
    sample.stripped stripped
    record.cpu_5s cpu-5s
    record.cpu_1m cpu-1m
    record.cpu_5m cpu-5m
    record.total_memory total-memory
    record.free_memory free-memory
    record.dot3StatsAlignmentErrors dot3-stats-aligment-errors
    record.dot3StatsFCSErrors dot3-stats-fcse-errors
    record.dot3StatsSingleCollisionFrames dot3-stats-single-collision-frames
    record.dot3StatsMultipleCollisionFrames dot3-stats-multiple-collision-frames
    record.dot3StatsSQETestErrors dot3-stats-seq-test-errors
    record.dot3StatsDeferredTransmissions dot3-stats-deferred-transmissions
    record.dot3StatsLateCollisions dot3-stats-late-collisions
    record.dot3StatsExcessiveCollisions dot3-stats-excessive-collisions
    record.dot3StatsInternalMacTransmitErrors dot3-stats-internal-mac-transmit-errors
    record.dot3StatsCarrierSenseErrors dot3-stats-carrier-sense-errors
    record.dot3StatsFrameTooLongs dot3-stats-frame-too-longs
    record.dot3StatsInternalMacReceiveErrors dot3-stats-internal-mac-receive-errors
    record.dot3StatsSymbolErrors dot3-stats-symbol-errors
    record.dot12InHighPriorityFrames dot12-in-high-priority-frames
    record.dot12InHighPriorityOctets dot12-in-high-priority-octets
    record.dot12InNormPriorityFrames dot12-in-norm-priority-frames
    record.dot12InNormPriorityOctets dot12-in-norm-priority-octets
    record.dot12InIPMErrors dot12-in-ipm-errors
    record.dot12InOversizeFrameErrors dot12-in-oversize-frame-errors
    record.dot12InDataErrors dot12-in-data-errors
    record.dot12InNullAddressedFrames dot12-in-null-addressed-frames
    record.dot12OutHighPriorityFrames dot12-out-high-priority-frames
    record.dot12OutHighPriorityOctets dot12-out-high-priority-octets
    record.dot12TransitionIntoTrainings dot12-transition-into-trainings
    record.dot12HCInHighPriorityOctets dot12-hc-in-high-priority-octets
    record.dot12HCInNormPriorityOctets dot12-hc-in-norm-priority-octets
    record.dot12HCOutHighPriorityOctets dot12-hc-out-high-priority-octets
    record.vlan_id vlan-id
    record.octets octets
    record.ucastPkts ucast-pkts
    record.multicastPkts multicast-pkts
    record.broadcastPkts broadcast-pkts
    record.discards discards
    record.vlan.in src-vlan
    record.pri.in src-priority
    record.vlan.out dst-vlan
    record.pri.out dst-priority
    record.nexthop.src_mask src-mask-len
    record.nexthop.dst_mask dst-mask-len
    record.as as
    record.srcAS src-as
    record.peerAS src-peer-as
    record.dstASentries as-destinations
    record.as_type as-path-type
    record.dstAS as-path communities
    record.communityEntries communities-length
    record.localpref local-pref
    record.ethernet.length length
    record.ethernet.packet_type eth-type
    flags flags1
    private_enterprise_number privateEnterpriseNumber
    data.len`,
  word: `
    reserved reserved`,
  unsigned: `
    scope_interface interface
    pie.netscaler.http-res-forw-fb httpResForwFB
    pie.netscaler.http-res-forw-lb httpResForwLB`,
  text: `
    aaa_username username
    appl_desc applicationDescription
    appl_name applicationName
    if_name interfaceName
    pie.ixia.browser-name ixiaBrowserName
    pie.ixia.dest-as-name ixiaDstAsName
    pie.ixia.l7-application-name ixiaL7AppName
    pie.ixia.os-device-name ixiaDeviceName
    pie.ixia.src-as-name ixiaSrcAsName
    wlan_ssid wlanSSID
    pie.netscaler.aaa-username aaaUsername
    pie.netscaler.http-contenttype httpContentType
    pie.netscaler.http-req-authorization httpReqAuthorization
    pie.netscaler.http-req-cookie httpReqCookie
    pie.netscaler.http-req-host httpReqHost
    pie.netscaler.http-req-method httpReqMethod
    pie.netscaler.http-req-referer httpReqReferer
    pie.netscaler.http-req-url httpReqUrl
    pie.netscaler.http-req-useragent httpReqUserAgent
    pie.netscaler.http-req-via httpReqVia
    pie.netscaler.http-reqx-forwardedfor httpReqXForwardedFor
    pie.ntop.l7_proto_name L7_PROTO_NAME
    record.ethernet.source_mac_address src-mac
    record.ethernet.destination_mac_address dst-mac
    dstmac destinationMacAddress
    post_dstmac postDestinationMacAddress
    post_srcmac postSourceMacAddress
    srcmac sourceMacAddress
    sta_mac_address staMacAddress
    wtp_mac_address wtpMacAddress`,
  address: `
    src sourceIPv4Address sourceIPv6Address src-addr
    dst destinationIPv4Address destinationIPv6Address dst-addr
    bgpnexthop bgpNextHopIPv4Address
    exporter_addr exporterIPv4Address
    exporter_addr_v6 exporterIPv6Address
    nexthop ipNextHopIPv4Address next-hop
    routersc router-sc
    head.agent agent-ip
    record.nexthop next-hop
    nexthopv6 ipNextHopIPv6Address
    pie.ixia.threat-ipv4 ixiaThreatIPv4
    post_natdestination_ipv4_address postNATDestinationIPv4Address xlateDstAddrIpv4
    post_natsource_ipv4_address postNATSourceIPv4Address xlateSrcAddrIpv4
    sta_ipv4_address staIPv4Address`,
  octets: `
    appl_id applicationId
    data_link_frame_section dataLinkFrameSection
    egress_acl_id egressAclId
    ingress_acl_id ingressAclId
    scope_cache cache
    scope_system system
    tcp_option_map tcpOptions
    pie.netscaler.connection-chain-id connectionChainID
    enterprise_private_entry
    unknown_field_type
    data.data`,
  float: `
    pie.ixia.destination-ip-latitude ixiaDstLatitude
    pie.ixia.destination-ip-longitude ixiaDstLongitude
    pie.ixia.source-ip-latitude ixiaSrcLatitude
    pie.ixia.source-ip-longitude ixiaSrcLongitude`,
  time: `
    abstimestart flowStartSysUpTime/0 flowStartSeconds flowStartMilliseconds flowStartMicroseconds flowStartNanoseconds
    abstimeend flowEndSysUpTime/0 flowEndSeconds flowEndMilliseconds flowEndMicroseconds flowEndNanoseconds
    observation_time_microseconds observationTimeMicroseconds
    observation_time_milliseconds observationTimeMilliseconds
    observation_time_seconds observationTimeSeconds
    sys_init_time systemInitTimeMilliseconds`,
  uptime: `
    timestart flowStartSysUpTime first
    timeend flowEndSysUpTime last`,
};

export const shownFields: ReadonlyMap<string, ShownField> = new Map(
  (Object.keys(table) as Form[]).flatMap((form) =>
    table[form]
      .trim()
      .split(/\n\s*/)
      .map((row): [string, ShownField] => {
        const [name, ...elements] = row.split(' ') as [string, ...string[]];
        return [name, { form, elements }];
      }),
  ),
);

/** What tshark works out of other fields: a duration, and how long the length of a value of variable length is. */
export const workedOut: ReadonlySet<string> = new Set(['timedelta', 'string_len_short', 'string_len_long']);
