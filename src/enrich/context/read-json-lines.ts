import { parseYaml } from '../../config/yaml/parse-yaml.ts';
import { AttributeList } from './attribute-list.ts';
import { attributeNameProblem } from './attribute-rules.ts';
import { DocumentScope } from './document-scope.ts';
import type { ContextDraft } from './draft.ts';
import { describeIssue } from '../../config/issue-text.ts';
import { MAX_ATTRIBUTES, MAX_BULK_LINE, MAX_NAME, MAX_VALUE } from './limits.ts';
import { parsePrefixes } from '../../flow/prefix-text.ts';
import type { Problems } from '../../config/problems.ts';
import { readNetwork } from './read-networks.ts';
import { networkSchema } from './schema.ts';

const NEWLINE = 0x0a;

/**
 * Takes networks into a draft from JSON lines: one object a line, of the form that an element of `networks` has. Empty
 * lines are passed over.
 *
 * @param octets UTF-8, checked
 * @param source number of the file among the sources of the draft
 */
export function readJsonLines(
  draft: ContextDraft,
  source: number,
  file: string,
  octets: Uint8Array,
  problems: Problems,
): void {
  const reader = new LineReader(draft, source, file, problems);
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  let line = 1;
  for (let at = 0; at < octets.length; line++) {
    const newline = octets.indexOf(NEWLINE, at);
    const end = newline < 0 ? octets.length : newline;
    if (end - at > MAX_BULK_LINE) {
      problems.add({ file, line, column: 1 }, `the line is longer than ${MAX_BULK_LINE} octets`);
    } else {
      reader.read(text.toString('utf8', at, end).trim(), line);
    }
    at = end + 1;
  }
}

class LineReader {
  readonly #draft: ContextDraft;
  readonly #source: number;
  readonly #file: string;
  readonly #problems: Problems;
  readonly #attributes: AttributeList;
  /** Names of attributes that were found to be in order. */
  readonly #names = new Map<string, number>();

  constructor(draft: ContextDraft, source: number, file: string, problems: Problems) {
    this.#draft = draft;
    this.#source = source;
    this.#file = file;
    this.#problems = problems;
    this.#attributes = new AttributeList(draft.networks);
  }

  read(text: string, line: number): void {
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const column = Number(/position (\d+)/.exec(message)?.[1] ?? 0) + 1;
      this.#problems.add({ file: this.#file, line, column }, `is no JSON: ${message}`);
      return;
    }
    if (!this.#takePlain(value, line)) this.#takeAny(text, line);
  }

  /** Takes what nearly all lines are: a name, a prefix and attributes of text, all in order. False for the rest. */
  #takePlain(value: unknown, line: number): boolean {
    const network = value as { name?: unknown; cidr?: unknown; context?: unknown } | null;
    if (typeof network !== 'object' || network === null) return false;
    const { name, cidr, context = {}, ...rest } = network;
    if (typeof name !== 'string' || name === '' || name.length > MAX_NAME || typeof cidr !== 'string') return false;
    for (const _ in rest) return false;
    const prefixes = parsePrefixes(cidr);
    if (typeof prefixes === 'string') return false;
    const attributes = this.#plainAttributes(context);
    if (attributes === undefined) return false;
    const { networks } = this.#draft;
    const row = {
      subject: networks.texts.internText(name),
      attributes,
      inherit: true,
      source: this.#source,
      line,
      column: 1,
    };
    for (const prefix of prefixes) networks.prefixes.add(prefix, row);
    return true;
  }

  #plainAttributes(context: unknown): number | undefined {
    if (typeof context !== 'object' || context === null || Array.isArray(context)) return undefined;
    const entries = Object.entries(context);
    if (entries.length > MAX_ATTRIBUTES) return undefined;
    for (const [name, value] of entries) {
      if (typeof value !== 'string' || value.length > MAX_VALUE / 3 || name === 'boundary') return undefined;
      if (!this.#names.has(name)) {
        if (attributeNameProblem(name) !== undefined) return undefined;
        this.#names.set(name, this.#draft.networks.texts.internText(name));
      }
    }
    const { texts } = this.#draft.networks;
    for (const [name, value] of entries)
      this.#attributes.addNumbers(this.#names.get(name)!, texts.internText(value as string));
    return this.#attributes.finish();
  }

  /** Takes, or refuses, a line as a document of its own. */
  #takeAny(text: string, line: number): void {
    const problems = this.#problems;
    problems.catch(() => {
      const origin = { file: this.#file, code: 'GF_CONTEXT_FILE', firstLine: line } as const;
      const tree = parseYaml(new TextEncoder().encode(text), origin);
      const result = networkSchema.safeParse(tree.value);
      if (result.success) {
        readNetwork(new DocumentScope(this.#draft, this.#source, tree, problems), result.data, []);
        return;
      }
      for (const issue of result.error.issues) {
        const { path, message } = describeIssue(issue, networkSchema);
        problems.add(tree.place(path), message);
      }
    });
  }
}
