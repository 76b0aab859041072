import { ConfigError } from '../config/errors.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { contextExplainOptions } from '../config/groups/context-explain.ts';
import type { OptionValues } from '../config/option.ts';
import { usageText } from '../config/usage.ts';
import { compileContext } from '../enrich/context/compile-context.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import { explainExporter, explainInterface, explainNetwork } from '../enrich/context/explain.ts';
import { explanationText } from '../enrich/context/explain-text.ts';
import { readContextFiles } from '../enrich/context/read-files.ts';
import { parseAddress } from '../flow/address.ts';

type Values = OptionValues<typeof contextExplainOptions>;

/**
 * `goflow2plus context check FILE...` tells whether files can be used together, with the place of each mistake;
 * `goflow2plus context explain IP` shows what they say of an address, and why.
 */
export async function contextCommand(argv: readonly string[]): Promise<number> {
  const program = 'goflow2plus context';
  const { values, positional, help } = parseFlags(contextExplainOptions, argv, { program, anywhere: true });
  const usage = usageText(program, contextExplainOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  const [task, ...rest] = positional;
  const files = values['context.config'];
  if (task === 'check' && rest.length + files.length > 0) return check([...files, ...rest]);
  if (task === 'explain' && rest.length === 1 && files.length > 0) return explain(rest[0]!, files, values);
  const forms = 'goflow2plus context takes check FILE..., or explain IP -context.config FILE,...';
  throw new FlagError('GF_FLAG_SUBCOMMAND', forms, usage);
}

/** @throws ContextError with every mistake, a line each */
function check(files: readonly string[]): number {
  const { draft, problems } = readContextFiles(files);
  const tables = compileContext(draft, contextOutput('json'), problems);
  problems.throwIfAny();
  const { networks, exporters, applications } = tables;
  const counts = `${networks.prefixes} networks, ${exporters.prefixes} exporters, ${applications.rules} applications`;
  process.stdout.write(`${files.join(', ')}: ${counts}\n`);
  return 0;
}

function explain(text: string, files: readonly string[], { exporter, ifindex }: Values): number {
  const address = addressFrom(text, 'explain');
  const { draft, problems } = readContextFiles(files);
  problems.throwIfAny();
  const lines = explanationText(text, explainNetwork(draft, address));
  if (exporter !== '') {
    const from = addressFrom(exporter, 'exporter');
    lines.push('', ...explanationText(`exporter ${exporter}`, explainExporter(draft, from)));
    if (ifindex >= 0)
      lines.push('', ...explanationText(`interface ${ifindex}`, explainInterface(draft, from, ifindex)));
  } else if (ifindex >= 0) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'ifindex' }, 'needs an -exporter');
  }
  // Mistakes that only show when all is put together, such as a prefix that stands in a file twice.
  compileContext(draft, contextOutput('json'), problems);
  process.stdout.write(`${lines.join('\n')}\n`);
  problems.throwIfAny();
  return 0;
}

function addressFrom(text: string, option: string): Uint8Array {
  const address = parseAddress(text, true);
  if (address !== undefined) return address;
  throw new ConfigError('GF_OPTION_VALUE', { option }, `${JSON.stringify(text)} is no address`);
}
