import type { FirewallForm } from '../config/groups/firewall.ts';
import { prefixText } from '../flow/prefix-text.ts';
import type { AdmissionRules } from './admission.ts';
import type { Prefix } from './prefix-list.ts';

/** Who may send, in one list: nobody but `sources`, or everybody but them. */
export interface SourceRule {
  readonly only: boolean;
  readonly sources: readonly Prefix[];
}

/** What the lists of {@link AdmissionRules} come to: of those allowed, those denied are cut out. */
export function sourceRule({ allow, deny }: Pick<AdmissionRules, 'allow' | 'deny'>): SourceRule {
  if (allow.length === 0) return { only: false, sources: deny };
  const sources = deny.reduce<readonly Prefix[]>((left, cut) => left.flatMap((part) => without(part, cut)), allow);
  return { only: true, sources };
}

/**
 * The rule in the words of a packet filter. The kernel's queue of a socket is shared by all who send to it, so only
 * what the filter drops takes no room from others (RFC 7011 section 11.4).
 *
 * @param ports where the collector listens
 */
export function firewallText(form: FirewallForm, rule: SourceRule, ports: readonly number[]): string {
  switch (form) {
    case 'nftables':
      return nftables(rule, ports);
    case 'iptables':
      return iptables(form, rule, ports, 4);
    case 'ip6tables':
      return iptables(form, rule, ports, 16);
    case 'systemd':
      return systemd(rule);
  }
}

/** As a file for `nft -f`, which replaces the one that was loaded before. */
function nftables({ only, sources }: SourceRule, ports: readonly number[]): string {
  const verdict = only ? 'accept' : 'counter drop';
  return lines(
    'table inet goflow2plus',
    'delete table inet goflow2plus',
    'table inet goflow2plus {',
    ...nftablesSet('sources4', 'ipv4_addr', textsOf(sources, 4)),
    ...nftablesSet('sources6', 'ipv6_addr', textsOf(sources, 16)),
    '\tchain exporters {',
    `\t\tip saddr @sources4 ${verdict}`,
    `\t\tip6 saddr @sources6 ${verdict}`,
    ...(only ? ['\t\tcounter drop'] : []),
    '\t}',
    '\tchain input {',
    '\t\ttype filter hook input priority -10; policy accept;',
    `\t\tudp dport { ${ports.join(', ')} } jump exporters`,
    '\t}',
    '}',
  );
}

function nftablesSet(name: string, type: string, elements: readonly string[]): string[] {
  const content = elements.length === 0 ? [] : [`\t\telements = { ${elements.join(', ')} }`];
  return [`\tset ${name} {`, `\t\ttype ${type}`, '\t\tflags interval', '\t\tauto-merge', ...content, '\t}'];
}

/** As a file for `iptables-restore --noflush`. */
function iptables(form: string, { only, sources }: SourceRule, ports: readonly number[], octets: number): string {
  const verdict = only ? 'RETURN' : 'DROP';
  return lines(
    `# ${form}-restore --noflush`,
    '*filter',
    ':GOFLOW2PLUS - [0:0]',
    ...textsOf(sources, octets).map((text) => `-A GOFLOW2PLUS -s ${text} -j ${verdict}`),
    ...(only ? ['-A GOFLOW2PLUS -j DROP'] : []),
    ...ports.map((port) => `-I INPUT -p udp --dport ${port} -j GOFLOW2PLUS`),
    'COMMIT',
  );
}

/** As a drop-in of the unit. systemd lets what is allowed win over what is denied, and knows no ports. */
function systemd({ only, sources }: SourceRule): string {
  const key = only ? 'IPAddressAllow' : 'IPAddressDeny';
  return lines(
    '[Service]',
    ...(only
      ? [
          '# This holds for all that the unit receives and sends: add those who scrape it, and its NATS servers.',
          'IPAddressDeny=any',
          'IPAddressAllow=localhost',
        ]
      : []),
    ...[...textsOf(sources, 4), ...textsOf(sources, 16)].map((text) => `${key}=${text}`),
  );
}

function textsOf(sources: readonly Prefix[], octets: number): string[] {
  return sources.filter((prefix) => prefix.octets.length === octets).map(textOf);
}

function textOf({ octets, bits }: Prefix): string {
  const network = octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))));
  return prefixText({ octets: network, length: bits });
}

/** What is left of `prefix` when `cut` is taken out: the fewest prefixes. */
function without(prefix: Prefix, cut: Prefix): Prefix[] {
  const { octets, bits } = prefix;
  if (octets.length !== cut.octets.length || !sameBits(octets, cut.octets, Math.min(bits, cut.bits))) return [prefix];
  if (cut.bits <= bits) return [];
  return [0, 1].flatMap((bit) => without({ octets: withBit(octets, bits, bit), bits: bits + 1 }, cut));
}

function sameBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let i = 0; i < bits; i++) if (bitOf(a, i) !== bitOf(b, i)) return false;
  return true;
}

function bitOf(octets: Uint8Array, at: number): number {
  return (octets[at >> 3]! >> (7 - (at & 7))) & 1;
}

function withBit(octets: Uint8Array, at: number, bit: number): Uint8Array {
  const changed = octets.slice();
  const mask = 0x80 >> (at & 7);
  changed[at >> 3] = bit === 0 ? changed[at >> 3]! & ~mask : changed[at >> 3]! | mask;
  return changed;
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}
