import { enterprise, structures } from './structure-table.ts';

/**
 * Counter records of sFlow v5 by format: sflow_version_5.txt, sflow_80211.txt, sflow_lag.txt, sflow_optics.txt,
 * draft_sflow_infiniband_2.txt, sflow_openflow.txt, sflow_host.txt, sflow_host_ip.txt, sflow_jvm.txt, sflow_http.txt,
 * sflow_application.txt, sflow_memcache.txt, bv-sflow.txt, sflow_broadcom_tables.txt, sflow_nvml.txt and what the
 * registry of structures at sflow.org refers to. Three keys of Ethernet counters are spelled as the Go program spells
 * them, because users' queries name them.
 */
export const counterStructures = structures({
  1: `if-index if-type if-speed:u64 if-direction if-status if-in-octets:u64 if-in-ucast-pkts
    if-in-multicast-pkts if-in-broadcast-pkts if-in-discards if-in-errors if-in-unknown-protos
    if-out-octets:u64 if-out-ucast-pkts if-out-multicast-pkts if-out-broadcast-pkts if-out-discards
    if-out-errors if-promiscuous-mode`,
  2: `dot3-stats-aligment-errors dot3-stats-fcse-errors dot3-stats-single-collision-frames
    dot3-stats-multiple-collision-frames dot3-stats-seq-test-errors dot3-stats-deferred-transmissions
    dot3-stats-late-collisions dot3-stats-excessive-collisions dot3-stats-internal-mac-transmit-errors
    dot3-stats-carrier-sense-errors dot3-stats-frame-too-longs dot3-stats-internal-mac-receive-errors
    dot3-stats-symbol-errors`,
  3: `dot5-stats-line-errors dot5-stats-burst-errors dot5-stats-ac-errors dot5-stats-abort-trans-errors
    dot5-stats-internal-errors dot5-stats-lost-frame-errors dot5-stats-receive-congestions
    dot5-stats-frame-copied-errors dot5-stats-token-errors dot5-stats-soft-errors dot5-stats-hard-errors
    dot5-stats-signal-loss dot5-stats-transmit-beacons dot5-stats-recoverys dot5-stats-lobe-wires
    dot5-stats-removes dot5-stats-singles dot5-stats-freq-errors`,
  4: `dot12-in-high-priority-frames dot12-in-high-priority-octets:u64 dot12-in-norm-priority-frames
    dot12-in-norm-priority-octets:u64 dot12-in-ipm-errors dot12-in-oversize-frame-errors dot12-in-data-errors
    dot12-in-null-addressed-frames dot12-out-high-priority-frames dot12-out-high-priority-octets:u64
    dot12-transition-into-trainings dot12-hc-in-high-priority-octets:u64 dot12-hc-in-norm-priority-octets:u64
    dot12-hc-out-high-priority-octets:u64`,
  5: `vlan-id octets:u64 ucast-pkts multicast-pkts broadcast-pkts discards`,
  6: `dot11-transmitted-fragment-count dot11-multicast-transmitted-frame-count dot11-failed-count
    dot11-retry-count dot11-multiple-retry-count dot11-frame-duplicate-count dot11-rts-success-count
    dot11-rts-failure-count dot11-ack-failure-count dot11-received-fragment-count
    dot11-multicast-received-frame-count dot11-fcs-error-count dot11-transmitted-frame-count
    dot11-wep-undecryptable-count dot11-qos-discarded-fragment-count dot11-associated-station-count
    dot11-qos-cf-polls-received-count dot11-qos-cf-polls-unused-count dot11-qos-cf-polls-unusable-count
    dot11-qos-cf-polls-lost-count`,
  7: `actor-system-id:mac partner-system-id:mac attached-agg-id actor-admin-port-state:u8
    actor-oper-port-state:u8 partner-admin-port-state:u8 partner-oper-port-state:u8 lacpdus-rx marker-pdus-rx
    marker-response-pdus-rx unknown-rx illegal-rx lacpdus-tx marker-pdus-tx marker-response-pdus-tx`,
  8: `unknown other cam-miss cam-full no-hw-support cntrl`,
  9: `port-xmit-pkts:u64 port-rcv-pkts:u64 symbol-error-counter link-error-recovery-counter link-downed-counter
    port-rcv-errors port-rcv-remote-physical-errors port-rcv-switch-relay-errors port-xmit-discards
    port-xmit-constraint-errors port-rcv-constraint-errors local-link-integrity-errors
    excessive-buffer-overrun-errors vl15-dropped`,
  10: `module-id module-total-lanes module-supply-voltage module-temperature:i32 lanes[ lane-index
    tx-bias-current tx-power tx-power-min tx-power-max tx-wavelength rx-power rx-power-min rx-power-max
    rx-wavelength ]`,
  1001: `cpu-5s cpu-1m cpu-5m total-memory:u64 free-memory:u64`,
  1002: `elapsed-time on-channel-time on-channel-busy-time`,
  1003: `queue-index segment-size queue-segments queue-length-0 queue-length-1 queue-length-2 queue-length-4
    queue-length-8 queue-length-32 queue-length-128 queue-length-1024 queue-length-more dropped`,
  1004: `datapath-id:u64 port-no`,
  1005: `port-name:string`,
  2000: `hostname:string uuid:uuid machine-type os-name os-release:string`,
  2001: `adapters[ if-index mac-addresses:mac[] ]`,
  2002: `container-type container-index`,
  2003: `load-one:float load-five:float load-fifteen:float proc-run proc-total cpu-num cpu-speed uptime cpu-user
    cpu-nice cpu-system cpu-idle cpu-wio cpu-intr cpu-sintr interrupts contexts | cpu-steal cpu-guest
    cpu-guest-nice`,
  2004: `mem-total:u64 mem-free:u64 mem-shared:u64 mem-buffers:u64 mem-cached:u64 swap-total:u64 swap-free:u64
    page-in page-out swap-in swap-out`,
  2005: `disk-total:u64 disk-free:u64 part-max-used reads bytes-read:u64 read-time writes bytes-written:u64
    write-time`,
  2006: `bytes-in:u64 pkts-in errs-in drops-in bytes-out:u64 pkts-out errs-out drops-out`,
  2007: `ip-forwarding ip-default-ttl ip-in-receives ip-in-hdr-errors ip-in-addr-errors ip-forw-datagrams
    ip-in-unknown-protos ip-in-discards ip-in-delivers ip-out-requests ip-out-discards ip-out-no-routes
    ip-reasm-timeout ip-reasm-reqds ip-reasm-oks ip-reasm-fails ip-frag-oks ip-frag-fails ip-frag-creates`,
  2008: `icmp-in-msgs icmp-in-errors icmp-in-dest-unreachs icmp-in-time-excds icmp-in-param-probs
    icmp-in-src-quenchs icmp-in-redirects icmp-in-echos icmp-in-echo-reps icmp-in-timestamps
    icmp-in-addr-masks icmp-in-addr-mask-reps icmp-out-msgs icmp-out-errors icmp-out-dest-unreachs
    icmp-out-time-excds icmp-out-param-probs icmp-out-src-quenchs icmp-out-redirects icmp-out-echos
    icmp-out-echo-reps icmp-out-timestamps icmp-out-timestamp-reps icmp-out-addr-masks
    icmp-out-addr-mask-reps`,
  2009: `tcp-rto-algorithm tcp-rto-min tcp-rto-max tcp-max-conn tcp-active-opens tcp-passive-opens
    tcp-attempt-fails tcp-estab-resets tcp-curr-estab tcp-in-segs tcp-out-segs tcp-retrans-segs tcp-in-errs
    tcp-out-rsts tcp-in-csum-errs`,
  2010: `udp-in-datagrams udp-no-ports udp-in-errors udp-out-datagrams udp-rcvbuf-errors udp-sndbuf-errors
    udp-in-csum-errors`,
  2100: `mhz cpus memory:u64 memory-free:u64 num-domains`,
  2101: `state cpu-time nr-virt-cpu`,
  2102: `memory:u64 max-memory:u64`,
  2103: `capacity:u64 allocation:u64 available:u64 rd-req rd-bytes:u64 wr-req wr-bytes:u64 errs`,
  2104: `rx-bytes:u64 rx-packets rx-errs rx-drop tx-bytes:u64 tx-packets tx-errs tx-drop`,
  2105: `vm-name:string vm-vendor:string vm-version:string`,
  2106: `heap-initial:u64 heap-used:u64 heap-committed:u64 heap-max:u64 non-heap-initial:u64 non-heap-used:u64
    non-heap-committed:u64 non-heap-max:u64 gc-count gc-time classes-loaded classes-total classes-unloaded
    compilation-time thread-num-live thread-num-daemon thread-num-started | fd-open-count fd-max-count`,
  2200: `uptime rusage-user rusage-system curr-connections total-connections connection-structures cmd-get cmd-set
    cmd-flush get-hits get-misses delete-misses delete-hits incr-misses incr-hits decr-misses decr-hits
    cas-misses cas-hits cas-badval auth-cmds auth-errors bytes-read:u64 bytes-written:u64 limit-maxbytes
    accepting-conns listen-disabled-num threads conn-yields bytes:u64 curr-items total-items evictions`,
  2201: `method-option-count method-get-count method-head-count method-post-count method-put-count
    method-delete-count method-trace-count method-connect-count method-other-count status-1xx-count
    status-2xx-count status-3xx-count status-4xx-count status-5xx-count status-other-count`,
  2202: `application:string success other timeout internal-error bad-request forbidden too-large not-implemented
    not-found unavailable unauthorized`,
  2203: `user-time system-time mem-used:u64 mem-max:u64 fd-open fd-max conn-open conn-max`,
  2204: `cmd-set cmd-touch cmd-flush get-hits get-misses delete-hits delete-misses incr-hits incr-misses decr-hits
    decr-misses cas-hits cas-misses cas-badval auth-cmds auth-errors threads conn-yields listen-disabled-num
    curr-connections rejected-connections total-connections connection-structures evictions reclaimed
    curr-items total-items bytes-read:u64 bytes-written:u64 bytes:u64 limit-maxbytes:u64`,
  2205: `sessions-current sessions-total sessions-duration rx-bytes tx-bytes rx-packets tx-packets rx-packets-lost
    tx-packets-lost rtt-min-ms rtt-max-ms rtt-avg-ms audio-rx-bytes audio-tx-bytes audio-tx-limit
    img-rx-bytes img-tx-bytes img-frames img-qual-min img-qual-max img-qual-avg usb-rx-bytes usb-tx-bytes`,
  2206: `workers-active workers-idle workers-max req-delayed req-dropped`,
  2207: `hits misses lost mask-hits flows masks`,
  3000: `voltage current real-power power-factor:i32 energy errors`,
  3001: `minimum:i32 maximum:i32 errors`,
  3002: `relative:i32`,
  3003: `total failed speed`,
  [enterprise(4413, 1)]: `uc-pc:i32 mc-pc:i32`,
  [enterprise(4413, 2)]: `ingress-uc-pc:i32 ingress-mc-pc:i32 egress-uc-pc:i32 egress-mc-pc:i32 egress-queue-uc-pc:i32[]
    egress-queue-mc-pc:i32[]`,
  [enterprise(4413, 3)]: `host-entries host-entries-max ipv4-entries ipv4-entries-max ipv6-entries ipv6-entries-max
    ipv4-ipv6-entries ipv4-ipv6-entries-max long-ipv6-entries long-ipv6-entries-max total-routes
    total-routes-max ecmp-nexthops ecmp-nexthops-max mac-entries mac-entries-max ipv4-neighbors
    ipv6-neighbors ipv4-routes ipv6-routes acl-ingress-entries acl-ingress-entries-max acl-ingress-counters
    acl-ingress-counters-max acl-ingress-meters acl-ingress-meters-max acl-ingress-slices
    acl-ingress-slices-max acl-egress-entries acl-egress-entries-max acl-egress-counters
    acl-egress-counters-max acl-egress-meters acl-egress-meters-max acl-egress-slices acl-egress-slices-max`,
  [enterprise(5703, 1)]:
    `device-count processes gpu-time mem-time mem-total:u64 mem-free:u64 ecc-errors energy temperature
    fan-speed`,
});
