import { addressText, parseAddress } from '../../flow/address.ts';
import { MAX_DATAGRAM } from '../limits.ts';
import { VARIABLE, makeTemplate } from './template.ts';
import type { Template, TemplateField } from './template.ts';

/** A template of a file, with whom it belongs to. */
export interface FiledTemplate {
  readonly address: string;
  readonly port: number;
  readonly template: Template;
}

/** Top bit of an element number in IPFIX, which the original leaves in its options templates. */
const ENTERPRISE = 0x8000;

/** Fields of the largest template that a datagram can hold. */
const MAX_FIELDS = Math.floor(MAX_DATAGRAM / 4);

/**
 * Reads what `templates-json` or the original has written: templates by `address:port`, then by `version/domain/id`.
 *
 * @throws Error, with the place, for anything that is not of that shape; nothing is half read
 */
export function templatesFromJson(json: unknown): FiledTemplate[] {
  const found: FiledTemplate[] = [];
  for (const [name, templates] of Object.entries(objectAt(json, 'the file'))) {
    const { address, port } = readEndpoint(name);
    for (const [key, body] of Object.entries(objectAt(templates, name))) {
      found.push({ address, port, template: readTemplate(key, body, `${name} ${key}`) });
    }
  }
  return found;
}

function readEndpoint(name: string): { address: string; port: number } {
  const [, v6, v4, port] = /^(?:\[([0-9a-fA-F:.]+(?:%[^\]]*)?)\]|([0-9.]+)):(\d{1,5})$/.exec(name) ?? [];
  const octets = parseAddress(v6 ?? v4 ?? '', true);
  if (octets === undefined || Number(port) > 0xffff) throw new Error(`not an address with a port: ${quoted(name)}`);
  return { address: addressText(octets, 0, octets.length), port: Number(port) };
}

/**
 * A template by its `version/domain/id`.
 *
 * @throws Error, with the place, for anything else
 */
export function readTemplate(key: string, body: unknown, place: string): Template {
  const [, version, domain, id] = /^(9|10)\/(\d{1,10})\/(\d{1,5})$/.exec(key) ?? [];
  if (version === undefined || Number(domain) > 0xffff_ffff || Number(id) > 0xffff) {
    throw new Error(`not version/domain/id: ${quoted(key)}`);
  }
  const object = objectAt(body, place);
  const isOptions = 'scopes' in object;
  const head = { version: Number(version) as 9 | 10, domain: Number(domain), id: Number(id), options: isOptions };
  if (!isOptions) return makeTemplate({ ...head, scopeCount: 0 }, readFields(object['fields'], place));
  const scopes = readFields(object['scopes'], place);
  return makeTemplate({ ...head, scopeCount: scopes.length }, [...scopes, ...readFields(object['options'], place)]);
}

function readFields(list: unknown, place: string): TemplateField[] {
  if (list === null) return []; // how Go writes an empty list
  if (!Array.isArray(list) || list.length > MAX_FIELDS) throw new Error(`${place}: not a list of fields`);
  return list.map((entry: unknown) => {
    const field = objectAt(entry, place);
    const [type, length, pen] = [field['type'], field['length'], field['pen'] ?? 0];
    const isNumbered = isWhole(type, 0xffff) && isWhole(length, VARIABLE) && isWhole(pen, 0xffff_ffff);
    if (!isNumbered) throw new Error(`${place}: not a field: ${quoted(JSON.stringify(entry))}`);
    const isEnterprise = (field['pen-provided'] === true || pen !== 0) && type >= ENTERPRISE;
    return { id: isEnterprise ? type - ENTERPRISE : type, pen, length };
  });
}

function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${place}: not an object`);
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
