import type { OptionTable } from '../option.ts';
import { exporterOptions } from './exporters.ts';
import { inputOptions } from './input.ts';

/** The flags of `goflow2plus firewall`. */
export const firewallOptions = {
  form: {
    type: 'string',
    default: 'nftables',
    hint: 'FORM',
    choices: ['nftables', 'iptables', 'ip6tables', 'systemd'],
    help: 'what the rules are for: nftables, iptables, ip6tables, or systemd, the lines of a unit',
  },
  listen: inputOptions.listen,
  'exporters.allow': exporterOptions['exporters.allow'],
  'exporters.deny': exporterOptions['exporters.deny'],
} as const satisfies OptionTable;

/** Programs of the kernel's packet filters that rules are written for. */
export type FirewallForm = (typeof firewallOptions.form.choices)[number];
