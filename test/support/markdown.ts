import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './requirements.ts';

/** A code block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** What stands behind the language: `norun`, `run`, the name of a file. */
  readonly about: string;
  readonly text: string;
  readonly line: number;
}

/** The code blocks of a page, in their order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```([a-z]+) ?(.*)\n([^]*?)^```$/gm)].map((match) => ({
    page,
    language: match[1]!,
    about: match[2]!,
    text: match[3]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** Every page that people read: those of the root, of docs/, of examples/ and compose/. */
export function pages(): string[] {
  const within = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
      .map((file) => join(folder, file));
  const top = readdirSync(root).filter((file) => file.endsWith('.md'));
  const folders = ['docs', 'examples', 'compose', 'data'].filter((folder) => readdirSync(root).includes(folder));
  return [...top, ...folders.flatMap(within)].sort();
}

/** The commands of a block: continued lines joined, comments and what goes on behind a pipe left out. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The words of a command, with quotes taken off. Enough for the commands of our pages. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}
