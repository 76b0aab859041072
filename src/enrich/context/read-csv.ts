import { AttributeList } from './attribute-list.ts';
import { CsvRows } from './csv-rows.ts';
import type { ContextDraft } from './draft.ts';
import { MAX_ATTRIBUTES, MAX_BULK_LINE, MAX_NAME } from './limits.ts';
import { parsePrefixOctets } from './prefix-octets.ts';
import type { Problems } from '../../config/problems.ts';
import { attributeNameProblem, meaningOf } from './attribute-rules.ts';

/** What a column of the file is. */
type CsvColumn = 'cidr' | 'name' | 'inherit' | { readonly attribute: number; readonly name: string };

/**
 * Takes networks into a draft from CSV: the first line names the columns, `cidr` and `name` are needed, `inherit` may
 * be there, and every other column is an attribute. An empty field sets nothing.
 *
 * @param octets UTF-8, checked; they may be changed
 * @param source number of the file among the sources of the draft
 */
export function readCsv(
  draft: ContextDraft,
  source: number,
  file: string,
  octets: Uint8Array,
  problems: Problems,
): void {
  const rows = new CsvRows(octets);
  const problem = (field: number, path: string | undefined, message: string): void => {
    const place = { file, line: rows.line(field), column: rows.column(field) };
    problems.add(path === undefined ? place : { ...place, path }, message);
  };
  const header = rows.next() ? readHeader(draft, rows, problem) : [];
  if (header === undefined) return;
  const reader = new RowReader(draft, source, octets, header, problem);
  while (rows.next()) reader.read(rows);
  if (rows.problem !== undefined) problem(rows.count - 1, undefined, rows.problem);
}

type OnProblem = (field: number, path: string | undefined, message: string) => void;

/** The columns by the first row; undefined when they cannot be used. */
function readHeader(draft: ContextDraft, rows: CsvRows, problem: OnProblem): CsvColumn[] | undefined {
  const seen = new Set<string>();
  let usable = true;
  const refuse = (field: number, message: string): void => {
    problem(field, undefined, message);
    usable = false;
  };
  const columns = Array.from({ length: rows.count }, (_, i): CsvColumn => {
    const name = rows.text(i).trim();
    if (seen.has(name)) refuse(i, `the column ${JSON.stringify(name)} is there twice`);
    seen.add(name);
    if (name === 'cidr' || name === 'name' || name === 'inherit') return name;
    const wrong = attributeNameProblem(name);
    if (wrong !== undefined) refuse(i, `${JSON.stringify(name)}: ${wrong}`);
    return { attribute: draft.networks.texts.internText(name), name };
  });
  if (columns.length > MAX_ATTRIBUTES) refuse(MAX_ATTRIBUTES, `there are more than ${MAX_ATTRIBUTES} columns`);
  for (const needed of ['cidr', 'name']) {
    if (!seen.has(needed)) refuse(0, `the first line names the columns, and there is none named ${needed}`);
  }
  return usable ? columns : undefined;
}

class RowReader {
  readonly #draft: ContextDraft;
  readonly #source: number;
  readonly #octets: Uint8Array;
  readonly #columns: readonly CsvColumn[];
  readonly #problem: OnProblem;
  readonly #attributes: AttributeList;
  readonly #cidr: number;
  readonly #name: number;

  constructor(
    draft: ContextDraft,
    source: number,
    octets: Uint8Array,
    columns: readonly CsvColumn[],
    problem: OnProblem,
  ) {
    this.#draft = draft;
    this.#source = source;
    this.#octets = octets;
    this.#columns = columns;
    this.#problem = problem;
    this.#attributes = new AttributeList(draft.networks);
    this.#cidr = columns.indexOf('cidr');
    this.#name = columns.indexOf('name');
  }

  read(rows: CsvRows): void {
    const columns = this.#columns;
    if (rows.count !== columns.length) {
      const field = Math.min(rows.count, columns.length) - 1;
      this.#problem(field, undefined, `${rows.count} fields, where the first line has ${columns.length}`);
      return;
    }
    const inherit = this.#readFields(rows);
    const attributes = this.#attributes.finish();
    const octets = this.#octets;
    const prefixes = parsePrefixOctets(octets, rows.starts[this.#cidr]!, rows.ends[this.#cidr]!);
    if (typeof prefixes === 'string') {
      this.#problem(this.#cidr, 'cidr', prefixes);
      return;
    }
    const { networks } = this.#draft;
    const row = {
      subject: networks.texts.intern(octets, rows.starts[this.#name]!, rows.ends[this.#name]!),
      attributes,
      inherit,
      source: this.#source,
      line: rows.line(this.#cidr),
      column: rows.column(this.#cidr),
    };
    for (const prefix of prefixes) networks.prefixes.add(prefix, row);
  }

  /** Reads all fields but the prefix; returns whether the network inherits. */
  #readFields(rows: CsvRows): boolean {
    let inherit = true;
    for (let i = 0; i < rows.count; i++) {
      const column = this.#columns[i]!;
      const from = rows.starts[i]!;
      const to = rows.ends[i]!;
      if (typeof column === 'object') {
        if (to > from) this.#readAttribute(rows, i, column);
      } else if (column === 'name') {
        if (to === from) this.#problem(i, 'name', 'is empty');
        else if (to - from > MAX_NAME) this.#problem(i, 'name', `at most ${MAX_NAME} octets are expected`);
      } else if (column === 'inherit' && to > from) {
        const text = rows.text(i).trim().toLowerCase();
        if (text !== 'true' && text !== 'false') this.#problem(i, 'inherit', 'true or false is expected');
        inherit = text !== 'false';
      } else if (to - from > MAX_BULK_LINE) {
        this.#problem(i, column, 'is longer than any prefix');
      }
    }
    return inherit;
  }

  #readAttribute(rows: CsvRows, field: number, { attribute, name }: { attribute: number; name: string }): void {
    const problem =
      this.#attributes.addOctets(attribute, this.#octets, rows.starts[field]!, rows.ends[field]!) ??
      (name === 'boundary' ? meaningOf(name, rows.text(field)) : undefined);
    if (problem !== undefined) this.#problem(field, name, problem);
  }
}
