import { valueTypes } from './option.ts';
import type { OptionSpec, OptionTable } from './option.ts';

/** Defaults that say nothing, and are not shown. */
const silentDefaults = new Set(['', '0', 'false']);

/** The page that `--help` prints, in the layout of Go's `flag` package: sorted by name, texts behind a tab. */
export function usageText(program: string, table: OptionTable): string {
  const entries: [name: string, text: string][] = [];
  for (const [name, spec] of Object.entries(table)) {
    entries.push([name, entryText(name, spec, spec.help + defaultText(spec))]);
    for (const alias of spec.aliases ?? []) entries.push([alias, entryText(alias, spec, `the same as -${name}`)]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `Usage of ${program}:\n${entries.map(([, text]) => text).join('')}`;
}

function entryText(name: string, spec: OptionSpec, text: string): string {
  const hint = optionHint(spec);
  const flag = `  -${name}${hint === '' ? '' : ` ${hint}`}`;
  // Flags of one letter without a value have their text on the same line.
  const gap = flag.length <= 4 ? '\t' : '\n    \t';
  return `${flag}${gap}${text.replaceAll('\n', '\n    \t')}\n`;
}

/** What the value of an option stands for; empty for one that needs none. */
export function optionHint(spec: OptionSpec): string {
  return spec.hint ?? spec.choices?.join('|') ?? valueTypes[spec.type].hint;
}

function defaultText({ type, default: text }: OptionSpec): string {
  if (silentDefaults.has(text)) return '';
  return ` (default ${type === 'string' || type === 'list' ? JSON.stringify(text) : text})`;
}
