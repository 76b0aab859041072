import type { Home } from '../format/home.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import type { Source } from './source.ts';

/** The words of the record. */
export function wordsOf(source: Source, home: Home | undefined): Code {
  return home === undefined ? code`flow.words` : source.bind(home.flow.words);
}

/** The first statement of a writer with a home: its parameter `view` is that one. */
export function settle(source: Source, home: Home | undefined): Code {
  return home === undefined ? code`` : code`view = ${source.bind(home.view)};`;
}
