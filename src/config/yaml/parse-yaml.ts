import { Composer, LineCounter, Parser, Lexer } from 'yaml';
import type { CST, Document } from 'yaml';
import { ConfigError } from '../errors.ts';
import { MAX_YAML_BYTES, MAX_YAML_DEPTH } from './limits.ts';
import { YamlTree } from './yaml-tree.ts';
import type { YamlOrigin } from './yaml-tree.ts';

/**
 * Reads one YAML document (JSON is one too).
 *
 * @param octets UTF-8, with or without a byte order mark
 * @throws ConfigError with line and column when it cannot be read or exceeds a limit
 */
export function parseYaml(octets: Uint8Array, origin: YamlOrigin): YamlTree {
  const { file, code } = origin;
  if (octets.length > MAX_YAML_BYTES) {
    throw new ConfigError(code, { file }, `${octets.length} octets are more than the ${MAX_YAML_BYTES} allowed`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    throw new ConfigError(code, { file }, 'is no UTF-8', error);
  }
  const lines = new LineCounter();
  const fail = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new ConfigError(code, { file, line: line + (origin.firstLine ?? 1) - 1, column: col }, message);
  };
  const documents = [...compose(text, lines, fail)];
  const document = documents[0]!;
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) fail(problem.pos[0], problem.message);
  if (documents.length > 1) fail(documents[1]!.range[0], 'a second document begins here; one is expected');
  return new YamlTree(document, lines, origin);
}

/** The documents of a text; those that are nested too deep end in `fail` before they are composed. */
function compose(
  text: string,
  lines: LineCounter,
  fail: (offset: number, message: string) => never,
): Iterable<Document.Parsed> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  function* tokens(): Generator<CST.Token> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > MAX_YAML_DEPTH) fail(parser.offset, `nested deeper than ${MAX_YAML_DEPTH} levels`);
    }
    yield* parser.end();
  }
  // Duplicate keys are found by the tree: the composer's way takes time by the square of the size of a map.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  return composer.compose(tokens(), true, text.length);
}
