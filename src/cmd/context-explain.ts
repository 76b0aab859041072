import { ConfigError } from '../config/errors.ts';
import type { contextExplainOptions } from '../config/groups/context-explain.ts';
import type { OptionValues } from '../config/option.ts';
import { compileContext } from '../enrich/context/compile-context.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import { answerQuestion } from '../enrich/context/explain-question.ts';
import type { ContextAnswer, ContextQuestion } from '../enrich/context/explain-question.ts';
import { explanationText } from '../enrich/context/explain-text.ts';
import { readContextFiles } from '../enrich/context/read-files.ts';
import { explainLearned } from '../enrich/learned/explain-learned.ts';
import { addressText, parseAddress } from '../flow/address.ts';
import { parseProtocol } from '../flow/protocol-text.ts';
import { storedNames } from '../pipeline/state/stored-names.ts';

type Values = OptionValues<typeof contextExplainOptions>;

/** `goflow2plus context explain`: prints what files say of an address, and of what else the flags ask for. */
export function explainContext(text: string, files: readonly string[], values: Values): number {
  const question = questionOf(text, values);
  const { draft, problems } = readContextFiles(files);
  problems.throwIfAny();
  const answer = answerQuestion(draft, question);
  const { network, exporter, interface: port, vrf, application } = answer;
  const byPort = values.port < 0 ? '' : ` port ${values.port}`;
  const nearest = 'no more specific exporter has this number';
  const parts = [
    explanationText(text, network),
    exporter && explanationText(`exporter ${values.exporter}`, exporter),
    port && explanationText(`interface ${values.ifindex}`, port, nearest),
    vrf && explanationText(`VRF ${values.vrf}`, vrf, nearest),
    learnedOf(question, values, answer),
    application &&
      explanationText(`application of ${values.proto}${byPort}`, application, 'the first rule that matches'),
  ];
  // Mistakes that only show when all is put together, such as a prefix that stands in a file twice.
  compileContext(draft, contextOutput('json'), problems);
  process.stdout.write(parts.flatMap((lines) => (lines === undefined ? [] : [`${lines.join('\n')}\n`])).join('\n'));
  problems.throwIfAny();
  return 0;
}

function learnedOf(question: ContextQuestion, { state }: Values, answer: ContextAnswer): string[] | undefined {
  const { exporter } = question;
  if (state === '' || exporter === undefined) return undefined;
  const address = addressText(exporter, 0, exporter.length);
  return explainLearned(address, storedNames(state, address), question, answer);
}

function questionOf(text: string, { exporter, ifindex, vrf, state, proto, port }: Values): ContextQuestion {
  const refuse = (option: string, why: string): never => {
    throw new ConfigError('GF_OPTION_VALUE', { option }, why);
  };
  if (exporter === '' && ifindex >= 0) refuse('ifindex', 'needs an -exporter');
  if (exporter === '' && vrf >= 0) refuse('vrf', 'needs an -exporter');
  if (exporter === '' && state !== '') refuse('state', 'needs an -exporter');
  if (proto === '' && port >= 0) refuse('port', 'needs a -proto');
  const protocol = proto === '' ? undefined : parseProtocol(proto);
  if (proto !== '' && protocol === undefined) refuse('proto', `${JSON.stringify(proto)} is no IP protocol`);
  if (port > 65535) refuse('port', `${port} is no port`);
  return {
    address: addressFrom(text, 'explain'),
    exporter: exporter === '' ? undefined : addressFrom(exporter, 'exporter'),
    ifindex: ifindex < 0 ? undefined : ifindex,
    vrf: vrf < 0 ? undefined : vrf,
    protocol,
    port: Math.max(0, port),
  };
}

function addressFrom(text: string, option: string): Uint8Array {
  const address = parseAddress(text, true);
  if (address !== undefined) return address;
  throw new ConfigError('GF_OPTION_VALUE', { option }, `${JSON.stringify(text)} is no address`);
}
