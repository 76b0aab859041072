import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import {
  authentication,
  destinationOptions,
  hopByHop,
  ipv6Fragment,
  segmentRouting,
} from '#src/simulate/packet-ipv6-extensions.js';
import { arp, ethernet, mpls, vlan } from '#src/simulate/packet-link.js';
import { icmp, icmpv6, tcp, udp } from '#src/simulate/packet-transport.js';
import { geneve, gre, teredoOrigin, vxlan } from '#src/simulate/packet-tunnels.js';

const v4 = (changes = {}) => ipv4({ source: '192.0.2.1', destination: '198.51.100.2', ...changes });
const v6 = () => ipv6({ source: '2001:db8::1', destination: '2001:db8::2' });
const web = () => tcp({ sourcePort: 443, destinationPort: 50_000 });
const payload = data(new Uint8Array(16));

/** Frames with every header that is parsed, alone and inside of each other. */
export function frames(): Uint8Array[] {
  const options = new Uint8Array(8);
  return [
    packet(ethernet(), v4(), web(), payload),
    packet(ethernet(), v4(), udp({ sourcePort: 53, destinationPort: 5353 }), payload),
    packet(ethernet(), v4(), icmp({ type: 8, code: 0 }), payload),
    packet(ethernet(), v6(), icmpv6({ type: 135, code: 0 }), payload),
    packet(ethernet(), v6(), web(), payload),
    packet(ethernet(), vlan({ id: 100 }), v4(), web()),
    packet(ethernet(), vlan({ id: 100 }), vlan({ id: 200 }), v6(), web()),
    packet(ethernet(), mpls([{ label: 16 }, { label: 17 }]), v4(), web()),
    packet(ethernet(), mpls([{ label: 2 }]), v6(), web()),
    packet(ethernet(), v4(), gre({ withChecksum: true, key: 1, sequence: 2 }), v4(), web()),
    packet(ethernet(), v4(), gre(), ethernet(), v6(), web()),
    packet(ethernet(), v4(), v4(), v4(), web()),
    packet(ethernet(), v6(), v6(), web()),
    packet(ethernet(), v4(), v6(), hopByHop(), web()),
    packet(ethernet(), v6(), hopByHop(), destinationOptions(), ipv6Fragment({ identification: 1 }), web()),
    packet(ethernet(), v6(), ipv6Fragment({ identification: 1, offset: 100, more: true }), payload),
    packet(ethernet(), v6(), segmentRouting({ segments: ['2001:db8::3', '2001:db8::4'], segmentsLeft: 1 }), web()),
    packet(ethernet(), v6(), authentication({ spi: 1, sequence: 1 }), web()),
    packet(ethernet(), v6(), ...Array.from({ length: 10 }, () => destinationOptions()), web()),
    packet(
      ethernet(),
      v4(),
      udp({ sourcePort: 50_000, destinationPort: 6081 }),
      geneve({ vni: 1, options }),
      ethernet(),
      v4(),
      web(),
    ),
    packet(ethernet(), v4(), udp({ sourcePort: 50_000, destinationPort: 4789 }), vxlan(1), ethernet(), v4(), web()),
    packet(
      ethernet(),
      v4(),
      udp({ sourcePort: 50_000, destinationPort: 3544 }),
      teredoOrigin('192.0.2.9', 1),
      v6(),
      web(),
    ),
    packet(ethernet(), v4(), udp({ sourcePort: 50_000, destinationPort: 3544 }), v6(), web()),
    packet(ethernet(), arp({ sender: '192.0.2.1', target: '192.0.2.2' })),
    packet(ethernet(), v4({ options: new Uint8Array(8) }), web()),
    packet(ethernet(), v4({ fragmentOffset: 10, flags: 1 }), payload),
    packet(v4(), web()),
    packet(v6(), web()),
  ];
}
