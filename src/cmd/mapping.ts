import { FlagError, parseFlags } from '../config/go-flags.ts';
import { mappingCheckOptions } from '../config/groups/mapping-check.ts';
import { usageText } from '../config/usage.ts';
import { readMapping } from '../mapping/read-mapping.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { surroundingsOf } from '../mapping/surroundings.ts';

const program = 'goflow2plus mapping check FILE';

/** `goflow2plus mapping check`: whether a mapping file can be used, and what it says. */
export async function mappingCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(mappingCheckOptions, argv, { program, anywhere: true });
  const usage = usageText(program, mappingCheckOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  const [task, file, ...more] = positional;
  if (task !== 'check' || file === undefined || more.length > 0) {
    throw new FlagError('GF_FLAG_SUBCOMMAND', 'goflow2plus mapping takes check and one file', usage);
  }
  const { mapping, warnings } = readMapping(file, surroundingsOf(values));
  process.stdout.write([`${file}: can be used`, ...summary(mapping), ...warnings, ''].join('\n'));
  return 0;
}

function summary({ fields, columns, key, elements, layers, ports }: Mapping): string[] {
  const declared = fields.map(({ name, number }) => `${name}=${number}`);
  const list = (texts: readonly string[]) => (texts.length === 0 ? 'none' : texts.join(' '));
  return [
    `fields of your own: ${list(declared)}`,
    `columns of JSON and text: ${list(columns.map(({ name }) => name))}`,
    `partition key: ${list(key)}`,
    `mapped: ${elements.length} elements, ${layers.length} parts of layers; ${ports.length} ports`,
  ];
}
