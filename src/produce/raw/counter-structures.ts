import type { Structure } from './structure.ts';

/**
 * Counter records of sFlow v5 by format: sflow_version_5.txt, sflow_host.txt, sflow_host_ip.txt, sflow_application.txt,
 * sflow_openflow.txt and the registry of structures at sflow.org. Three keys of Ethernet counters are spelled as the
 * Go program spells them, because users' queries name them.
 */
export const counterStructures: ReadonlyMap<number, Structure> = new Map<number, Structure>([
  [
    1,
    {
      members: [
        ['if-index', 'u32'],
        ['if-type', 'u32'],
        ['if-speed', 'u64'],
        ['if-direction', 'u32'],
        ['if-status', 'u32'],
        ['if-in-octets', 'u64'],
        ['if-in-ucast-pkts', 'u32'],
        ['if-in-multicast-pkts', 'u32'],
        ['if-in-broadcast-pkts', 'u32'],
        ['if-in-discards', 'u32'],
        ['if-in-errors', 'u32'],
        ['if-in-unknown-protos', 'u32'],
        ['if-out-octets', 'u64'],
        ['if-out-ucast-pkts', 'u32'],
        ['if-out-multicast-pkts', 'u32'],
        ['if-out-broadcast-pkts', 'u32'],
        ['if-out-discards', 'u32'],
        ['if-out-errors', 'u32'],
        ['if-promiscuous-mode', 'u32'],
      ],
    },
  ],
  [
    2,
    {
      members: [
        ['dot3-stats-aligment-errors', 'u32'],
        ['dot3-stats-fcse-errors', 'u32'],
        ['dot3-stats-single-collision-frames', 'u32'],
        ['dot3-stats-multiple-collision-frames', 'u32'],
        ['dot3-stats-seq-test-errors', 'u32'],
        ['dot3-stats-deferred-transmissions', 'u32'],
        ['dot3-stats-late-collisions', 'u32'],
        ['dot3-stats-excessive-collisions', 'u32'],
        ['dot3-stats-internal-mac-transmit-errors', 'u32'],
        ['dot3-stats-carrier-sense-errors', 'u32'],
        ['dot3-stats-frame-too-longs', 'u32'],
        ['dot3-stats-internal-mac-receive-errors', 'u32'],
        ['dot3-stats-symbol-errors', 'u32'],
      ],
    },
  ],
  [
    3,
    {
      members: [
        ['dot5-stats-line-errors', 'u32'],
        ['dot5-stats-burst-errors', 'u32'],
        ['dot5-stats-ac-errors', 'u32'],
        ['dot5-stats-abort-trans-errors', 'u32'],
        ['dot5-stats-internal-errors', 'u32'],
        ['dot5-stats-lost-frame-errors', 'u32'],
        ['dot5-stats-receive-congestions', 'u32'],
        ['dot5-stats-frame-copied-errors', 'u32'],
        ['dot5-stats-token-errors', 'u32'],
        ['dot5-stats-soft-errors', 'u32'],
        ['dot5-stats-hard-errors', 'u32'],
        ['dot5-stats-signal-loss', 'u32'],
        ['dot5-stats-transmit-beacons', 'u32'],
        ['dot5-stats-recoverys', 'u32'],
        ['dot5-stats-lobe-wires', 'u32'],
        ['dot5-stats-removes', 'u32'],
        ['dot5-stats-singles', 'u32'],
        ['dot5-stats-freq-errors', 'u32'],
      ],
    },
  ],
  [
    4,
    {
      members: [
        ['dot12-in-high-priority-frames', 'u32'],
        ['dot12-in-high-priority-octets', 'u64'],
        ['dot12-in-norm-priority-frames', 'u32'],
        ['dot12-in-norm-priority-octets', 'u64'],
        ['dot12-in-ipm-errors', 'u32'],
        ['dot12-in-oversize-frame-errors', 'u32'],
        ['dot12-in-data-errors', 'u32'],
        ['dot12-in-null-addressed-frames', 'u32'],
        ['dot12-out-high-priority-frames', 'u32'],
        ['dot12-out-high-priority-octets', 'u64'],
        ['dot12-transition-into-trainings', 'u32'],
        ['dot12-hc-in-high-priority-octets', 'u64'],
        ['dot12-hc-in-norm-priority-octets', 'u64'],
        ['dot12-hc-out-high-priority-octets', 'u64'],
      ],
    },
  ],
  [
    5,
    {
      members: [
        ['vlan-id', 'u32'],
        ['octets', 'u64'],
        ['ucast-pkts', 'u32'],
        ['multicast-pkts', 'u32'],
        ['broadcast-pkts', 'u32'],
        ['discards', 'u32'],
      ],
    },
  ],
  [
    1001,
    {
      members: [
        ['cpu-5s', 'u32'],
        ['cpu-1m', 'u32'],
        ['cpu-5m', 'u32'],
        ['total-memory', 'u64'],
        ['free-memory', 'u64'],
      ],
    },
  ],
  [
    1002,
    {
      members: [
        ['elapsed-time', 'u32'],
        ['on-channel-time', 'u32'],
        ['on-channel-busy-time', 'u32'],
      ],
    },
  ],
  [
    1004,
    {
      members: [
        ['datapath-id', 'u64'],
        ['port-no', 'u32'],
      ],
    },
  ],
  [
    1005,
    {
      members: [['port-name', 'string']],
    },
  ],
  [
    2000,
    {
      members: [
        ['hostname', 'string'],
        ['uuid', 'uuid'],
        ['machine-type', 'u32'],
        ['os-name', 'u32'],
        ['os-release', 'string'],
      ],
    },
  ],
  [
    2002,
    {
      members: [
        ['container-type', 'u32'],
        ['container-index', 'u32'],
      ],
    },
  ],
  [
    2003,
    {
      members: [
        ['load-one', 'float'],
        ['load-five', 'float'],
        ['load-fifteen', 'float'],
        ['proc-run', 'u32'],
        ['proc-total', 'u32'],
        ['cpu-num', 'u32'],
        ['cpu-speed', 'u32'],
        ['uptime', 'u32'],
        ['cpu-user', 'u32'],
        ['cpu-nice', 'u32'],
        ['cpu-system', 'u32'],
        ['cpu-idle', 'u32'],
        ['cpu-wio', 'u32'],
        ['cpu-intr', 'u32'],
        ['cpu-sintr', 'u32'],
        ['interrupts', 'u32'],
        ['contexts', 'u32'],
      ],
      optional: [
        ['cpu-steal', 'u32'],
        ['cpu-guest', 'u32'],
        ['cpu-guest-nice', 'u32'],
      ],
    },
  ],
  [
    2004,
    {
      members: [
        ['mem-total', 'u64'],
        ['mem-free', 'u64'],
        ['mem-shared', 'u64'],
        ['mem-buffers', 'u64'],
        ['mem-cached', 'u64'],
        ['swap-total', 'u64'],
        ['swap-free', 'u64'],
        ['page-in', 'u32'],
        ['page-out', 'u32'],
        ['swap-in', 'u32'],
        ['swap-out', 'u32'],
      ],
    },
  ],
  [
    2005,
    {
      members: [
        ['disk-total', 'u64'],
        ['disk-free', 'u64'],
        ['part-max-used', 'u32'],
        ['reads', 'u32'],
        ['bytes-read', 'u64'],
        ['read-time', 'u32'],
        ['writes', 'u32'],
        ['bytes-written', 'u64'],
        ['write-time', 'u32'],
      ],
    },
  ],
  [
    2006,
    {
      members: [
        ['bytes-in', 'u64'],
        ['pkts-in', 'u32'],
        ['errs-in', 'u32'],
        ['drops-in', 'u32'],
        ['bytes-out', 'u64'],
        ['pkts-out', 'u32'],
        ['errs-out', 'u32'],
        ['drops-out', 'u32'],
      ],
    },
  ],
  [
    2007,
    {
      members: [
        ['ip-forwarding', 'u32'],
        ['ip-default-ttl', 'u32'],
        ['ip-in-receives', 'u32'],
        ['ip-in-hdr-errors', 'u32'],
        ['ip-in-addr-errors', 'u32'],
        ['ip-forw-datagrams', 'u32'],
        ['ip-in-unknown-protos', 'u32'],
        ['ip-in-discards', 'u32'],
        ['ip-in-delivers', 'u32'],
        ['ip-out-requests', 'u32'],
        ['ip-out-discards', 'u32'],
        ['ip-out-no-routes', 'u32'],
        ['ip-reasm-timeout', 'u32'],
        ['ip-reasm-reqds', 'u32'],
        ['ip-reasm-oks', 'u32'],
        ['ip-reasm-fails', 'u32'],
        ['ip-frag-oks', 'u32'],
        ['ip-frag-fails', 'u32'],
        ['ip-frag-creates', 'u32'],
      ],
    },
  ],
  [
    2008,
    {
      members: [
        ['icmp-in-msgs', 'u32'],
        ['icmp-in-errors', 'u32'],
        ['icmp-in-dest-unreachs', 'u32'],
        ['icmp-in-time-excds', 'u32'],
        ['icmp-in-param-probs', 'u32'],
        ['icmp-in-src-quenchs', 'u32'],
        ['icmp-in-redirects', 'u32'],
        ['icmp-in-echos', 'u32'],
        ['icmp-in-echo-reps', 'u32'],
        ['icmp-in-timestamps', 'u32'],
        ['icmp-in-addr-masks', 'u32'],
        ['icmp-in-addr-mask-reps', 'u32'],
        ['icmp-out-msgs', 'u32'],
        ['icmp-out-errors', 'u32'],
        ['icmp-out-dest-unreachs', 'u32'],
        ['icmp-out-time-excds', 'u32'],
        ['icmp-out-param-probs', 'u32'],
        ['icmp-out-src-quenchs', 'u32'],
        ['icmp-out-redirects', 'u32'],
        ['icmp-out-echos', 'u32'],
        ['icmp-out-echo-reps', 'u32'],
        ['icmp-out-timestamps', 'u32'],
        ['icmp-out-timestamp-reps', 'u32'],
        ['icmp-out-addr-masks', 'u32'],
        ['icmp-out-addr-mask-reps', 'u32'],
      ],
    },
  ],
  [
    2009,
    {
      members: [
        ['tcp-rto-algorithm', 'u32'],
        ['tcp-rto-min', 'u32'],
        ['tcp-rto-max', 'u32'],
        ['tcp-max-conn', 'u32'],
        ['tcp-active-opens', 'u32'],
        ['tcp-passive-opens', 'u32'],
        ['tcp-attempt-fails', 'u32'],
        ['tcp-estab-resets', 'u32'],
        ['tcp-curr-estab', 'u32'],
        ['tcp-in-segs', 'u32'],
        ['tcp-out-segs', 'u32'],
        ['tcp-retrans-segs', 'u32'],
        ['tcp-in-errs', 'u32'],
        ['tcp-out-rsts', 'u32'],
        ['tcp-in-csum-errs', 'u32'],
      ],
    },
  ],
  [
    2010,
    {
      members: [
        ['udp-in-datagrams', 'u32'],
        ['udp-no-ports', 'u32'],
        ['udp-in-errors', 'u32'],
        ['udp-out-datagrams', 'u32'],
        ['udp-rcvbuf-errors', 'u32'],
        ['udp-sndbuf-errors', 'u32'],
        ['udp-in-csum-errors', 'u32'],
      ],
    },
  ],
  [
    2100,
    {
      members: [
        ['mhz', 'u32'],
        ['cpus', 'u32'],
        ['memory', 'u64'],
        ['memory-free', 'u64'],
        ['num-domains', 'u32'],
      ],
    },
  ],
  [
    2101,
    {
      members: [
        ['state', 'u32'],
        ['cpu-time', 'u32'],
        ['nr-virt-cpu', 'u32'],
      ],
    },
  ],
  [
    2102,
    {
      members: [
        ['memory', 'u64'],
        ['max-memory', 'u64'],
      ],
    },
  ],
  [
    2103,
    {
      members: [
        ['capacity', 'u64'],
        ['allocation', 'u64'],
        ['available', 'u64'],
        ['rd-req', 'u32'],
        ['rd-bytes', 'u64'],
        ['wr-req', 'u32'],
        ['wr-bytes', 'u64'],
        ['errs', 'u32'],
      ],
    },
  ],
  [
    2104,
    {
      members: [
        ['rx-bytes', 'u64'],
        ['rx-packets', 'u32'],
        ['rx-errs', 'u32'],
        ['rx-drop', 'u32'],
        ['tx-bytes', 'u64'],
        ['tx-packets', 'u32'],
        ['tx-errs', 'u32'],
        ['tx-drop', 'u32'],
      ],
    },
  ],
  [
    2203,
    {
      members: [
        ['user-time', 'u32'],
        ['system-time', 'u32'],
        ['mem-used', 'u64'],
        ['mem-max', 'u64'],
        ['fd-open', 'u32'],
        ['fd-max', 'u32'],
        ['conn-open', 'u32'],
        ['conn-max', 'u32'],
      ],
    },
  ],
  [
    2207,
    {
      members: [
        ['hits', 'u32'],
        ['misses', 'u32'],
        ['lost', 'u32'],
        ['mask-hits', 'u32'],
        ['flows', 'u32'],
        ['masks', 'u32'],
      ],
    },
  ],
]);
