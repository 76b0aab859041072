import { ConfigError } from '../config/errors.ts';
import type { contextExplainOptions } from '../config/groups/context-explain.ts';
import type { OptionValues } from '../config/option.ts';
import { compileContext } from '../enrich/context/compile-context.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import type { ContextDraft } from '../enrich/context/draft.ts';
import { explainApplication } from '../enrich/context/explain-application.ts';
import { explanationText } from '../enrich/context/explain-text.ts';
import { explainExporter, explainNetwork, explainPort } from '../enrich/context/explain.ts';
import { readContextFiles } from '../enrich/context/read-files.ts';
import { parseAddress } from '../flow/address.ts';
import { parseProtocol } from '../flow/protocol-text.ts';

type Values = OptionValues<typeof contextExplainOptions>;

/** `goflow2plus context explain`: prints what files say of an address, and of what else the flags ask for. */
export function explainContext(text: string, files: readonly string[], values: Values): number {
  const address = addressFrom(text, 'explain');
  const { draft, problems } = readContextFiles(files);
  problems.throwIfAny();
  const lines = [
    ...explanationText(text, explainNetwork(draft, address)),
    ...aboutExporter(draft, values),
    ...aboutApplication(draft, address, values),
  ];
  // Mistakes that only show when all is put together, such as a prefix that stands in a file twice.
  compileContext(draft, contextOutput('json'), problems);
  process.stdout.write(`${lines.join('\n')}\n`);
  problems.throwIfAny();
  return 0;
}

function aboutExporter(draft: ContextDraft, { exporter, ifindex, vrf }: Values): string[] {
  if (exporter === '') {
    if (ifindex >= 0) throw new ConfigError('GF_OPTION_VALUE', { option: 'ifindex' }, 'needs an -exporter');
    if (vrf >= 0) throw new ConfigError('GF_OPTION_VALUE', { option: 'vrf' }, 'needs an -exporter');
    return [];
  }
  const from = addressFrom(exporter, 'exporter');
  const lines = ['', ...explanationText(`exporter ${exporter}`, explainExporter(draft, from))];
  for (const [kind, title, number] of [
    ['interfaces', 'interface', ifindex],
    ['vrfs', 'VRF', vrf],
  ] as const) {
    if (number < 0) continue;
    const explanation = explainPort(draft, from, kind, number);
    lines.push('', ...explanationText(`${title} ${number}`, explanation, 'no more specific exporter has this number'));
  }
  return lines;
}

function aboutApplication(draft: ContextDraft, address: Uint8Array, { proto, port }: Values): string[] {
  if (proto === '') {
    if (port >= 0) throw new ConfigError('GF_OPTION_VALUE', { option: 'port' }, 'needs a -proto');
    return [];
  }
  const protocol = parseProtocol(proto);
  if (protocol === undefined) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'proto' }, `${JSON.stringify(proto)} is no IP protocol`);
  }
  if (port > 65535) throw new ConfigError('GF_OPTION_VALUE', { option: 'port' }, `${port} is no port`);
  const explanation = explainApplication(draft, { address, protocol, port: Math.max(0, port) });
  const title = `application of ${proto}${port < 0 ? '' : ` port ${port}`}`;
  return ['', ...explanationText(title, explanation, 'the first rule that matches')];
}

function addressFrom(text: string, option: string): Uint8Array {
  const address = parseAddress(text, true);
  if (address !== undefined) return address;
  throw new ConfigError('GF_OPTION_VALUE', { option }, `${JSON.stringify(text)} is no address`);
}
