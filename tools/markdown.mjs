// What the generated pages share: tables, code, and the layout that prettier gives every page of the project.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const config = await resolveConfig(join(fileURLToPath(import.meta.url), '../../README.md'));

/** A table of rows of cells below a head; cells are Markdown in which a `|` may stand. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code, with backticks and control characters in it kept readable. */
export function code(text) {
  const readable = JSON.stringify(text) === `"${text}"` ? text : JSON.stringify(text);
  return readable.includes('`') ? `\`\` ${readable} \`\`` : `\`${readable}\``;
}

/** A page of paragraphs, tables and lists. */
export function page(...parts) {
  return format(parts.join('\n\n'), { ...config, parser: 'markdown' });
}
