import type { StoredTemplate } from './store.ts';
import type { Template, TemplateField } from './template.ts';

/** A field specifier in JSON. */
export interface FieldJson {
  readonly 'pen-provided': boolean;
  readonly type: number;
  readonly length: number;
  readonly pen: number;
}

/** A template in JSON: of data, of NetFlow v9 options, or of IPFIX options. */
export type TemplateJson =
  | { readonly 'template-id': number; readonly 'field-count': number; readonly fields: readonly FieldJson[] }
  | {
      readonly 'template-id': number;
      readonly 'scope-length': number;
      readonly 'option-length': number;
      readonly scopes: readonly FieldJson[];
      readonly options: readonly FieldJson[];
    }
  | {
      readonly 'template-id': number;
      readonly 'field-count': number;
      readonly 'scope-field-count': number;
      readonly options: readonly FieldJson[];
      readonly scopes: readonly FieldJson[];
    };

/** Templates by `address:port`, then by `version/domain/id`, as the original writes them. */
export type TemplatesJson = Record<string, Record<string, TemplateJson>>;

/** Octets of a field specifier in an options template of NetFlow v9. */
const SPECIFIER = 4;

/** All templates, keys in their order as text. */
export function templatesToJson(entries: Iterable<StoredTemplate>): TemplatesJson {
  const exporters = new Map<string, Map<string, TemplateJson>>();
  for (const { template, address, ports } of entries) {
    const { version, domain, id } = template;
    const body = templateToJson(template);
    for (const port of ports) {
      const exporter = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      let templates = exporters.get(exporter);
      if (templates === undefined) exporters.set(exporter, (templates = new Map()));
      templates.set(`${version}/${domain}/${id}`, body);
    }
  }
  return Object.fromEntries(
    sorted(exporters).map(([name, templates]) => [name, Object.fromEntries(sorted(templates))]),
  );
}

/** The same as the text of a file, on one line, in pieces of an exporter each. */
export function* templatesText(entries: Iterable<StoredTemplate>): Generator<string, undefined> {
  let before = '{';
  for (const [exporter, templates] of Object.entries(templatesToJson(entries))) {
    yield `${before}${JSON.stringify(exporter)}:${JSON.stringify(templates)}`;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

export function templateToJson({ version, id, options, scopeCount, fields }: Template): TemplateJson {
  const all = fields.map(fieldToJson);
  if (!options) return { 'template-id': id, 'field-count': fields.length, fields: all };
  const [scopes, rest] = [all.slice(0, scopeCount), all.slice(scopeCount)];
  return version === 9
    ? {
        'template-id': id,
        'scope-length': scopes.length * SPECIFIER,
        'option-length': rest.length * SPECIFIER,
        scopes,
        options: rest,
      }
    : {
        'template-id': id,
        'field-count': fields.length,
        'scope-field-count': scopeCount,
        options: rest,
        scopes,
      };
}

function fieldToJson({ id, pen, length }: TemplateField): FieldJson {
  return { 'pen-provided': pen !== 0, type: id, length, pen };
}
