-- What ClickHouse makes of the stream of flows. Run once, by the image of ClickHouse at its first start.
-- flows (reads the stream) -> flows_raw -> flows_1m, flows_5m; flow_view is flows_raw for people.

-- Addresses come as 4 or 16 octets, or none. They are kept as IPv6, IPv4 mapped into it.
CREATE FUNCTION IF NOT EXISTS addressOf AS octets -> CAST(toFixedString(multiIf(
    length(octets) = 16, octets,
    length(octets) = 4, concat(unhex('00000000000000000000FFFF'), octets),
    ''), 16) AS IPv6);

-- As text: IPv4 as such, and nothing where there is no address.
CREATE FUNCTION IF NOT EXISTS addressText AS address ->
    if(address = toIPv6('::'), '', replaceRegexpOne(toString(address), '^::ffff:([0-9.]+)$', '\\1'));

-- A flow counts once for each packet that was looked at; a rate of 0 is not known and counts as it is.
CREATE FUNCTION IF NOT EXISTS scaled AS (value, rate) -> value * greatest(rate, 1);

CREATE DATABASE IF NOT EXISTS dictionaries;

CREATE DICTIONARY IF NOT EXISTS dictionaries.protocols
(
    proto UInt64,
    name String,
    description String
)
PRIMARY KEY proto
SOURCE(FILE(path '/var/lib/clickhouse/user_files/protocols.csv' format 'CSVWithNames'))
LAYOUT(FLAT())
LIFETIME(3600);

-- The stream. Its settings are those that "goflow2plus nats init -clickhouse" prints.
CREATE TABLE IF NOT EXISTS flows
(
    type LowCardinality(String),
    time_received_ns UInt64,
    sequence_num UInt32,
    sampling_rate UInt64,
    sampler_address String,
    time_flow_start_ns UInt64,
    time_flow_end_ns UInt64,
    bytes UInt64,
    packets UInt64,
    src_addr String,
    dst_addr String,
    etype UInt32,
    proto UInt32,
    src_port UInt32,
    dst_port UInt32,
    in_if UInt32,
    out_if UInt32,
    src_mac UInt64,
    dst_mac UInt64,
    src_vlan UInt32,
    dst_vlan UInt32,
    vlan_id UInt32,
    ip_tos UInt32,
    forwarding_status UInt32,
    ip_ttl UInt32,
    ip_flags UInt32,
    tcp_flags UInt32,
    icmp_type UInt32,
    icmp_code UInt32,
    ipv6_flow_label UInt32,
    fragment_id UInt32,
    fragment_offset UInt32,
    src_as UInt32,
    dst_as UInt32,
    next_hop String,
    next_hop_as UInt32,
    src_net UInt32,
    dst_net UInt32,
    bgp_next_hop String,
    bgp_communities Array(UInt32),
    as_path Array(UInt32),
    mpls_ttl Array(UInt32),
    mpls_label Array(UInt32),
    mpls_ip Array(String),
    observation_domain_id UInt32,
    observation_point_id UInt32,
    layer_stack Array(LowCardinality(String)),
    layer_size Array(UInt32),
    ipv6_routing_header_addresses Array(String),
    ipv6_routing_header_seg_left UInt32,
    context Map(String, String)
)
ENGINE = NATS SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'flows',
    nats_consumer_name = 'clickhouse',
    nats_subjects = 'flows',
    nats_format = 'Protobuf',
    nats_schema = 'flow.proto:FlowMessage';

-- Every flow, for a week.
CREATE TABLE IF NOT EXISTS flows_raw
(
    date Date,
    time_inserted_ns DateTime64(9, 'UTC'),
    type LowCardinality(String),
    time_received_ns DateTime64(9, 'UTC'),
    sequence_num UInt32,
    sampling_rate UInt64,
    sampler_address IPv6,
    time_flow_start_ns DateTime64(9, 'UTC'),
    time_flow_end_ns DateTime64(9, 'UTC'),
    bytes UInt64,
    packets UInt64,
    src_addr IPv6,
    dst_addr IPv6,
    etype UInt16,
    proto UInt8,
    src_port UInt16,
    dst_port UInt16,
    in_if UInt32,
    out_if UInt32,
    src_mac UInt64,
    dst_mac UInt64,
    src_vlan UInt32,
    dst_vlan UInt32,
    vlan_id UInt32,
    ip_tos UInt32,
    forwarding_status UInt32,
    ip_ttl UInt32,
    ip_flags UInt32,
    tcp_flags UInt32,
    icmp_type UInt32,
    icmp_code UInt32,
    ipv6_flow_label UInt32,
    fragment_id UInt32,
    fragment_offset UInt32,
    src_as UInt32,
    dst_as UInt32,
    next_hop IPv6,
    next_hop_as UInt32,
    src_net UInt32,
    dst_net UInt32,
    bgp_next_hop IPv6,
    bgp_communities Array(UInt32),
    as_path Array(UInt32),
    mpls_ttl Array(UInt32),
    mpls_label Array(UInt32),
    mpls_ip Array(IPv6),
    observation_domain_id UInt32,
    observation_point_id UInt32,
    layer_stack Array(LowCardinality(String)),
    layer_size Array(UInt32),
    ipv6_routing_header_addresses Array(IPv6),
    ipv6_routing_header_seg_left UInt32,
    context Map(LowCardinality(String), String)
)
ENGINE = MergeTree
PARTITION BY date
ORDER BY time_received_ns
TTL date + INTERVAL 7 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS flows_raw_mv TO flows_raw AS
SELECT
    toDate(time_received_ns) AS date,
    now64(9, 'UTC') AS time_inserted_ns,
    type,
    fromUnixTimestamp64Nano(toInt64(flows.time_received_ns), 'UTC') AS time_received_ns,
    sequence_num,
    sampling_rate,
    addressOf(flows.sampler_address) AS sampler_address,
    fromUnixTimestamp64Nano(toInt64(flows.time_flow_start_ns), 'UTC') AS time_flow_start_ns,
    fromUnixTimestamp64Nano(toInt64(flows.time_flow_end_ns), 'UTC') AS time_flow_end_ns,
    bytes,
    packets,
    addressOf(flows.src_addr) AS src_addr,
    addressOf(flows.dst_addr) AS dst_addr,
    etype,
    proto,
    src_port,
    dst_port,
    in_if,
    out_if,
    src_mac,
    dst_mac,
    src_vlan,
    dst_vlan,
    vlan_id,
    ip_tos,
    forwarding_status,
    ip_ttl,
    ip_flags,
    tcp_flags,
    icmp_type,
    icmp_code,
    ipv6_flow_label,
    fragment_id,
    fragment_offset,
    src_as,
    dst_as,
    addressOf(flows.next_hop) AS next_hop,
    next_hop_as,
    src_net,
    dst_net,
    addressOf(flows.bgp_next_hop) AS bgp_next_hop,
    bgp_communities,
    as_path,
    mpls_ttl,
    mpls_label,
    arrayMap(octets -> addressOf(octets), flows.mpls_ip) AS mpls_ip,
    observation_domain_id,
    observation_point_id,
    layer_stack,
    layer_size,
    arrayMap(octets -> addressOf(octets), flows.ipv6_routing_header_addresses) AS ipv6_routing_header_addresses,
    ipv6_routing_header_seg_left,
    context
FROM flows;

-- For people: addresses and protocols as text, the context's most used keys, sampling applied.
CREATE VIEW IF NOT EXISTS flow_view AS
SELECT
    flows_raw.* EXCEPT (sampler_address, src_addr, dst_addr, next_hop, bgp_next_hop),
    addressText(flows_raw.sampler_address) AS sampler_address,
    addressText(flows_raw.src_addr) AS src_addr,
    addressText(flows_raw.dst_addr) AS dst_addr,
    addressText(flows_raw.next_hop) AS next_hop,
    addressText(flows_raw.bgp_next_hop) AS bgp_next_hop,
    dictGetOrDefault('dictionaries.protocols', 'name', toUInt64(proto), toString(proto)) AS proto_name,
    scaled(bytes, sampling_rate) AS scaled_bytes,
    scaled(packets, sampling_rate) AS scaled_packets,
    context['source_group'] AS source_group,
    context['destination_group'] AS destination_group,
    context['source_site'] AS source_site,
    context['destination_site'] AS destination_site,
    context['application'] AS application,
    context['exporter'] AS exporter
FROM flows_raw;

-- A minute of each exporter's interfaces, for a month. Sampling is applied.
CREATE TABLE IF NOT EXISTS flows_1m
(
    date Date,
    timeslot DateTime('UTC'),
    sampler_address IPv6,
    in_if UInt32,
    out_if UInt32,
    etype UInt16,
    proto UInt8,
    source_group LowCardinality(String),
    destination_group LowCardinality(String),
    source_site LowCardinality(String),
    destination_site LowCardinality(String),
    application LowCardinality(String),
    bytes UInt64,
    packets UInt64,
    count UInt64
)
ENGINE = SummingMergeTree
PARTITION BY date
ORDER BY (date, timeslot, sampler_address, in_if, out_if, etype, proto, source_group, destination_group, source_site, destination_site, application)
TTL date + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS flows_1m_mv TO flows_1m AS
SELECT
    date,
    toStartOfMinute(toDateTime(time_received_ns, 'UTC')) AS timeslot,
    sampler_address,
    in_if,
    out_if,
    etype,
    proto,
    context['source_group'] AS source_group,
    context['destination_group'] AS destination_group,
    context['source_site'] AS source_site,
    context['destination_site'] AS destination_site,
    context['application'] AS application,
    sum(scaled(flows_raw.bytes, flows_raw.sampling_rate)) AS bytes,
    sum(scaled(flows_raw.packets, flows_raw.sampling_rate)) AS packets,
    count() AS count
FROM flows_raw
GROUP BY date, timeslot, sampler_address, in_if, out_if, etype, proto, source_group, destination_group, source_site, destination_site, application;

-- Five minutes between AS and groups, for a year. Sampling is applied.
CREATE TABLE IF NOT EXISTS flows_5m
(
    date Date,
    timeslot DateTime('UTC'),
    src_as UInt32,
    dst_as UInt32,
    etype UInt16,
    source_group LowCardinality(String),
    destination_group LowCardinality(String),
    application LowCardinality(String),
    bytes UInt64,
    packets UInt64,
    count UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(date)
ORDER BY (date, timeslot, src_as, dst_as, etype, source_group, destination_group, application)
TTL date + INTERVAL 1 YEAR;

CREATE MATERIALIZED VIEW IF NOT EXISTS flows_5m_mv TO flows_5m AS
SELECT
    date,
    toStartOfFiveMinutes(toDateTime(time_received_ns, 'UTC')) AS timeslot,
    src_as,
    dst_as,
    etype,
    context['source_group'] AS source_group,
    context['destination_group'] AS destination_group,
    context['application'] AS application,
    sum(scaled(flows_raw.bytes, flows_raw.sampling_rate)) AS bytes,
    sum(scaled(flows_raw.packets, flows_raw.sampling_rate)) AS packets,
    count() AS count
FROM flows_raw
GROUP BY date, timeslot, src_as, dst_as, etype, source_group, destination_group, application;
