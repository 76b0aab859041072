// Tables of tab-separated rows in this folder: `## title` begins a section, `#` a comment.
import { readFileSync } from 'node:fs';

/** Sections of such a table, those without rows left out: `{ title, rows }`. */
export function readTable(name) {
  const sections = [{ title: '', rows: [] }];
  for (const line of readFileSync(new URL(name, import.meta.url), 'utf8').split('\n')) {
    if (line.startsWith('## ')) sections.push({ title: line.slice(3), rows: [] });
    else if (line !== '' && !line.startsWith('#')) sections.at(-1).rows.push(line.split('\t'));
  }
  return sections.filter(({ rows }) => rows.length > 0);
}

export const pages = [];
