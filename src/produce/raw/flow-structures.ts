import { enterprise, structures } from './structure-table.ts';

const ethernet = 'length src-mac:mac dst-mac:mac eth-type';
const ip4 = 'length protocol src-ip:ipv4 dst-ip:ipv4 src-port dst-port tcp-flags tos';
const ip6 = 'length protocol src-ip:ipv6 dst-ip:ipv6 src-port dst-port tcp-flags priority';
const socket4 = 'protocol local-ip:ipv4 remote-ip:ipv4 local-port remote-port';
const socket6 = 'protocol local-ip:ipv6 remote-ip:ipv6 local-port remote-port';

/**
 * Flow records of sFlow v5 by format: sflow_version_5.txt, sflow_80211.txt, sflow_pnat.txt, sflow_tunnels.txt,
 * draft_sflow_infiniband_2.txt, sflow_drops.txt, sflow_transit.txt, sflow_host.txt, sflow_http.txt, sflow_memcache.txt,
 * sflow_application.txt, bv-sflow.txt and what the registry of structures at sflow.org refers to; 1041 to 1043 are
 * those of host-sflow. Sampled headers (1), gateways (1003) and aggregated frames (1016) are in `flow-records.ts`.
 */
export const flowStructures = structures({
  2: ethernet,
  3: ip4,
  4: ip6,
  1001: `src-vlan src-priority dst-vlan dst-priority`,
  1002: `next-hop:address src-mask-len dst-mask-len`,
  1004: `src-charset src-user:string dst-charset dst-user:string`,
  1005: `direction url:string host:string`,
  1006: `next-hop:address in-stack:u32[] out-stack:u32[]`,
  1007: `src:address dst:address`,
  1008: `tunnel-name:string tunnel-id tunnel-cos`,
  1009: `vc-instance-name:string vll-vc-id vc-label-cos`,
  1010: `mpls-ftn-descr:string mpls-ftn-mask`,
  1011: `mpls-fec-addr-prefix-length`,
  1012: `stack:u32[]`,
  1013: `ciphersuite data:opaque`,
  1014: `ssid:string bssid:mac version channel speed:u64 rsni rcpi packet-duration`,
  1015: `ssid:string bssid:mac version transmissions packet-duration retrans-duration channel speed:u64 power`,
  1017: `flow-cookie:u64 flow-match flow-actions`,
  1018: `src-mask-len dst-mask-len next-hop metric`,
  1019: `queue-index queue-length`,
  1020: `src-port dst-port`,
  1021: ethernet,
  1022: ethernet,
  1023: ip4,
  1024: ip4,
  1025: ip6,
  1026: ip6,
  1027: `inner-header-offset`,
  1028: `inner-header-offset`,
  1029: `vni`,
  1030: `vni`,
  1031: `src-vl src-sl src-dlid src-slid src-lnh dst-vl dst-sl dst-dlid dst-slid dst-lnh`,
  1032: `flow-label tc s-gid:ipv6 d-gid:ipv6 next-header length`,
  1033: `pkey dst-qp opcode`,
  1034: `stack:u32[]`,
  1035: `stack:u32[]`,
  1036: `queue`,
  1037: `number name:string direction`,
  1038: `symbol:string`,
  1039: `delay`,
  1040: `depth`,
  1041: `group:string trap:string`,
  1042: `reason:string`,
  1043: `nanoseconds:u64`,
  2000: `direction wait duration status bytes-received:u64 bytes-send:u64`,
  2001: `path:string operation status`,
  2002: `lun operation status`,
  2003: `url:string host:string referer:string useragent:string user:string status`,
  2100: socket4,
  2101: socket6,
  2102: socket4,
  2103: socket6,
  2200: `protocol cmd key:string nkeys value-bytes duration-us status`,
  2201: `method uri:string host:string referer:string useragent:string xff:string authuser:string mime-type:string
    req-bytes:u64 resp-bytes:u64 duration-us status:i32`,
  2202: `application:string operation:string attributes:string status-descr:string req-bytes:u64 resp-bytes:u64
    duration-us status`,
  2203: `application:string operation:string attributes:string`,
  2204: `actor:string`,
  2205: `actor:string`,
  2206: `method protocol uri:string host:string referer:string useragent:string xff:string authuser:string
    mime-type:string req-bytes:u64 resp-bytes:u64 duration-us status:i32`,
  2207: `uri:string host:string`,
  2208: `type redirect-count navigation-start unload-event-start unload-event-end redirect-start redirect-end
    fetch-start domain-lookup-start domain-lookup-end connect-start connect-end secure-connection-start
    request-start response-start response-end dom-loading dom-interactive dom-content-loaded-event-start
    dom-content-loaded-event-end dom-complete load-event-start load-event-end`,
  2209: `direction snd-mss rcv-mss unacked lost retrans pmtu rtt rttvar snd-cwnd reordering min-rtt`,
  2210: `src-ds-class src-ds-index dst-ds-class dst-ds-index`,
  [enterprise(4413, 1)]: `queue`,
});
