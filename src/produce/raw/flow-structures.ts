import type { Member, Structure } from './structure.ts';

/**
 * Flow records of sFlow v5 by format: sflow_version_5.txt, sflow_tunnels.txt, sflow_drops.txt, sflow_host.txt and the
 * registry of structures at sflow.org. Sampled headers (1), Ethernet (2) and gateways (1003) are in `flow-records.ts`.
 */
const ip4: readonly Member[] = [
  ['length', 'u32'],
  ['protocol', 'u32'],
  ['src-ip', 'ipv4'],
  ['dst-ip', 'ipv4'],
  ['src-port', 'u32'],
  ['dst-port', 'u32'],
  ['tcp-flags', 'u32'],
  ['tos', 'u32'],
];
const ip6: readonly Member[] = [
  ['length', 'u32'],
  ['protocol', 'u32'],
  ['src-ip', 'ipv6'],
  ['dst-ip', 'ipv6'],
  ['src-port', 'u32'],
  ['dst-port', 'u32'],
  ['tcp-flags', 'u32'],
  ['priority', 'u32'],
];
const ethernet: readonly Member[] = [
  ['length', 'u32'],
  ['src-mac', 'mac'],
  ['dst-mac', 'mac'],
  ['eth-type', 'u32'],
];
const socket4: readonly Member[] = [
  ['protocol', 'u32'],
  ['local-ip', 'ipv4'],
  ['remote-ip', 'ipv4'],
  ['local-port', 'u32'],
  ['remote-port', 'u32'],
];
const socket6: readonly Member[] = [
  ['protocol', 'u32'],
  ['local-ip', 'ipv6'],
  ['remote-ip', 'ipv6'],
  ['local-port', 'u32'],
  ['remote-port', 'u32'],
];
const offset: Structure = { members: [['inner-header-offset', 'u32']] };
const vni: Structure = { members: [['vni', 'u32']] };

export const flowStructures: ReadonlyMap<number, Structure> = new Map<number, Structure>([
  [3, { members: ip4 }],
  [4, { members: ip6 }],
  [
    1001,
    {
      members: [
        ['src-vlan', 'u32'],
        ['src-priority', 'u32'],
        ['dst-vlan', 'u32'],
        ['dst-priority', 'u32'],
      ],
    },
  ],
  [
    1002,
    {
      members: [
        ['next-hop', 'address'],
        ['src-mask-len', 'u32'],
        ['dst-mask-len', 'u32'],
      ],
    },
  ],
  [
    1004,
    {
      members: [
        ['src-charset', 'u32'],
        ['src-user', 'string'],
        ['dst-charset', 'u32'],
        ['dst-user', 'string'],
      ],
    },
  ],
  [
    1005,
    {
      members: [
        ['direction', 'u32'],
        ['url', 'string'],
        ['host', 'string'],
      ],
    },
  ],
  [
    1006,
    {
      members: [
        ['next-hop', 'address'],
        ['in-stack', 'u32[]'],
        ['out-stack', 'u32[]'],
      ],
    },
  ],
  [
    1007,
    {
      members: [
        ['src', 'address'],
        ['dst', 'address'],
      ],
    },
  ],
  [
    1008,
    {
      members: [
        ['tunnel-name', 'string'],
        ['tunnel-id', 'u32'],
        ['tunnel-cos', 'u32'],
      ],
    },
  ],
  [
    1009,
    {
      members: [
        ['vc-instance-name', 'string'],
        ['vll-vc-id', 'u32'],
        ['vc-label-cos', 'u32'],
      ],
    },
  ],
  [
    1010,
    {
      members: [
        ['mpls-ftn-descr', 'string'],
        ['mpls-ftn-mask', 'u32'],
      ],
    },
  ],
  [1011, { members: [['mpls-fec-addr-prefix-length', 'u32']] }],
  [1012, { members: [['stack', 'u32[]']] }],
  [
    1013,
    {
      members: [
        ['ciphersuite', 'u32'],
        ['data', 'opaque'],
      ],
    },
  ],
  [
    1014,
    {
      members: [
        ['ssid', 'string'],
        ['bssid', 'mac'],
        ['version', 'u32'],
        ['channel', 'u32'],
        ['speed', 'u64'],
        ['rsni', 'u32'],
        ['rcpi', 'u32'],
        ['packet-duration', 'u32'],
      ],
    },
  ],
  [
    1015,
    {
      members: [
        ['ssid', 'string'],
        ['bssid', 'mac'],
        ['version', 'u32'],
        ['transmissions', 'u32'],
        ['packet-duration', 'u32'],
        ['retrans-duration', 'u32'],
        ['channel', 'u32'],
        ['speed', 'u64'],
        ['power', 'u32'],
      ],
    },
  ],
  [1021, { members: ethernet }],
  [1022, { members: ethernet }],
  [1023, { members: ip4 }],
  [1024, { members: ip4 }],
  [1025, { members: ip6 }],
  [1026, { members: ip6 }],
  [1027, offset],
  [1028, offset],
  [1029, vni],
  [1030, vni],
  [1036, { members: [['queue', 'u32']] }],
  [
    1037,
    {
      members: [
        ['number', 'u32'],
        ['name', 'string'],
        ['direction', 'u32'],
      ],
    },
  ],
  [1038, { members: [['symbol', 'string']] }],
  [1039, { members: [['delay', 'u32']] }],
  [1040, { members: [['depth', 'u32']] }],
  [2100, { members: socket4 }],
  [2101, { members: socket6 }],
  [2102, { members: socket4 }],
  [2103, { members: socket6 }],
]);
