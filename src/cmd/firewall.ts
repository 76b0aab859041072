import { checkChoices } from '../config/choices.ts';
import { ConfigError } from '../config/errors.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { firewallOptions } from '../config/groups/firewall.ts';
import { usageText } from '../config/usage.ts';
import { firewallText, sourceRule } from '../listen/firewall.ts';
import { parseListen } from '../listen/listen-url.ts';
import { parsePrefixes } from '../listen/prefix-list.ts';

const program = 'goflow2plus firewall';

/** `goflow2plus firewall`: the lists of exporters as rules for the kernel. */
export async function firewallCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(firewallOptions, argv, { program, anywhere: true });
  const usage = usageText(program, firewallOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  if (positional.length > 0) {
    throw new FlagError('GF_FLAG_SUBCOMMAND', `${program} takes flags alone, not ${positional.join(' ')}`, usage);
  }
  checkChoices(firewallOptions, values);
  const allow = parsePrefixes(values['exporters.allow'], 'exporters.allow');
  const deny = parsePrefixes(values['exporters.deny'], 'exporters.deny');
  if (allow.length + deny.length === 0) {
    throw new ConfigError(
      'GF_PREFIX_LIST',
      { option: 'exporters.allow' },
      'it is empty, as is -exporters.deny: everybody may send, and there is nothing to make rules of',
    );
  }
  process.stdout.write(firewallText(values.form, sourceRule({ allow, deny }), portsOf(values.listen)));
  return 0;
}

function portsOf(listen: string): number[] {
  const ports = parseListen(listen).flatMap((target) => (target.scheme === 'file' ? [] : [target.port]));
  if (ports.length === 0 || ports.includes(0)) {
    throw new ConfigError('GF_LISTEN_URL', { option: 'listen' }, 'rules need sockets with ports that are known');
  }
  return [...new Set(ports)];
}
