// docs/flags.md: the options of the collector, from the tables in src/config/groups and src/listen/listen-options.ts.
import { optionHint } from '../../dist/config/usage.js';
import { captureOptions, socketOptions } from '../../dist/listen/listen-options.js';
import { demoOptions } from '../../dist/config/groups/demo.js';
import { firewallOptions } from '../../dist/config/groups/firewall.js';
import { healthOptions } from '../../dist/config/groups/health.js';
import { enricherOwnOptions } from '../../dist/config/enricher-options.js';
import { contextBucketOptions } from '../../dist/config/groups/context-bucket.js';
import { contextExplainOptions } from '../../dist/config/groups/context-explain.js';
import { natsInitOptions } from '../../dist/config/groups/nats-init.js';
import { optionGroups, optionTable } from '../../dist/config/options.js';
import { code, page, table } from '../markdown.mjs';

const rules = `- \`-name\` and \`--name\` are the same. A value follows \`=\`, or is the next argument whatever it looks like.
- \`-name=\` gives an empty value. Only the first \`=\` counts.
- A flag without a value in the tables is a boolean: \`-name\` or \`-name=false\`. It never takes the next argument.
- Reading stops at the first argument that is no flag, at a lone \`-\`, and behind \`--\`. What follows is ignored, with a warning.
- The last of several flags of one name wins. To give one option under two names is an error.
- Whole numbers may have a base prefix and underscores: \`0x10\`, \`1_000\`.
- Durations need a unit, except for \`0\`: \`ns\`, \`us\`, \`ms\`, \`s\`, \`m\`, \`h\`, as in \`1.5h\` or \`1m30s\`.
- Sizes are octets, with a unit where wanted: \`KiB\`, \`MiB\`, \`GiB\` (or \`K\`, \`M\`, \`G\`) are powers of 1024; \`kB\`, \`MB\`, \`GB\` of 1000.
- Lists have commas between their elements.
- \`-h\`, \`-help\` or \`--help\` prints all flags and ends with exit code 0.`;

const listenUris = `\`-listen\` takes URIs between commas, without blanks around them.

- \`sflow://HOST:PORT\` is sFlow v5, \`netflow://HOST:PORT\` is NetFlow v1, v5, v7, v9 and IPFIX, and \`flow://HOST:PORT\` is any of them. Without a host every address is listened on, IPv4 and IPv6. An IPv6 address has brackets: \`sflow://[2001:db8::1]:6343\`, with a zone \`sflow://[fe80::1%25eth0]:6343\`. Port 0 lets the kernel choose one.
- \`file:///PATH\`, or \`file:PATH\` for a relative path, replays a capture (pcap or pcapng). It finds out the protocol of each datagram, and waits for the output in place of dropping. In the path a comma is written \`%2C\`, \`?\` is \`%3F\`, \`#\` is \`%23\` and \`%\` is \`%25\`.

Options follow a \`?\`, with \`&\` between them: \`netflow://:2055?count=4&rcvbuf=64MiB\`. Of several with one name the first counts. An unknown option of a socket is ignored, with a warning.`;

const natsInit = `Makes the stream of \`-transport.nats.stream\`, and a consumer where one is asked for. What is there already stays as it is. It takes the flags above that say how to reach NATS and what a stream is made with, in any place, and these:`;

const context = `\`check FILE...\` tells what is wrong with files of a context, \`explain IP\` what they say of an address, \`push FILE\` and \`pull\` write and read a bucket of NATS KV ([docs/context.md](context.md)). They take \`-context.config\`, \`-context.nats.bucket\` and the flags above that say how to reach NATS, in any place, and these:`;

const demo = `Starts the collector with simulated exporters of NetFlow v5, v9, IPFIX and sFlow, and a small context (\`data/demo-context.yaml\`); or sends to another collector, for tests of yours, as \`goflow2plus simulate\` does that has the flags below alone. It takes all flags of the collector, in any place; \`-listen\` is \`flow://127.0.0.1:0\` by default. And these:`;

const health = `Asks a collector on this machine how it is, for a container or a script: exit code 0 when it answers that it is well, 1 when it is not or does not answer. It takes these flags, in any place:`;

const firewall = `Prints the rules by which the kernel itself refuses who is not in the lists of exporters ([docs/operations.md](operations.md)). It takes these flags, in any place:`;

const enricher = `The other program ([docs/enricher.md](enricher.md)). It takes the flags of output and of NATS above, \`-loglevel\`, \`-logfmt\` and \`-v\`, and these:`;

/** The options that a subcommand has for itself. */
const own = (options) => Object.entries(options).filter(([name]) => !(name in optionTable));

const exitCodes = `The program ends with 0 after an ordinary stop, after \`-v\` and after \`--help\`; with 1 when it cannot start or go on; with 2 when the command line cannot be read. [Error codes](errors.md) says more.`;

function defaultCell({ type, default: text }) {
  if (type === 'bool' && text === 'false') return '';
  return text === '' ? 'empty' : code(text);
}

function row([name, spec]) {
  const names = [name, ...(spec.aliases ?? [])].map((each) => code(`-${each}`)).join(', ');
  const hint = optionHint(spec);
  return [names, hint === '' ? '' : code(hint), defaultCell(spec), spec.help.replaceAll('\n', ' ')];
}

function listenRow([name, option]) {
  return [code(name), code(option.hint), option.default === '' ? '' : code(option.default), option.help];
}

function render() {
  const groups = optionGroups.flatMap(({ title, options }) => [
    `## ${title}`,
    table(['flag', 'value', 'default', 'meaning'], Object.entries(options).map(row)),
  ]);
  return page(
    '# Flags',
    'The flags of `goflow2plus`. This page is made from the option table in `src/config`: `npm run generate`. ' +
      'No environment variable and no file sets a flag.',
    ...groups,
    '## goflow2plus nats init',
    natsInit,
    table(['flag', 'value', 'default', 'meaning'], own(natsInitOptions).map(row)),
    '## goflow2plus context',
    context,
    table(['flag', 'value', 'default', 'meaning'], own({ ...contextExplainOptions, ...contextBucketOptions }).map(row)),
    '## goflow2plus demo',
    demo,
    table(['flag', 'value', 'default', 'meaning'], Object.entries(demoOptions).map(row)),
    '## goflow2plus health',
    health,
    table(['flag', 'value', 'default', 'meaning'], Object.entries(healthOptions).map(row)),
    '## goflow2plus firewall',
    firewall,
    table(['flag', 'value', 'default', 'meaning'], Object.entries(firewallOptions).map(row)),
    '## enricher',
    enricher,
    table(['flag', 'value', 'default', 'meaning'], Object.entries(enricherOwnOptions).map(row)),
    '## Listen URIs',
    listenUris,
    table(['option of a socket', 'value', 'default', 'meaning'], Object.entries(socketOptions).map(listenRow)),
    table(['option of a capture', 'value', 'default', 'meaning'], Object.entries(captureOptions).map(listenRow)),
    '## Rules of the command line',
    rules,
    '## Exit codes',
    exitCodes,
  );
}

export const pages = [{ file: 'docs/flags.md', render }];
