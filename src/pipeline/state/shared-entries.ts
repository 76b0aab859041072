import { createHash } from 'node:crypto';
import { listOf, objectOf, whole } from '../../config/json-shape.ts';
import type { OwnedClock, StoredTemplate } from '../../decode/templates/store.ts';
import { templateToJson } from '../../decode/templates/template-json.ts';
import type { Template } from '../../decode/templates/template.ts';
import { readTemplate } from '../../decode/templates/templates-from-json.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { addressText } from '../../flow/address.ts';
import type { ToldFacts } from '../../produce/templated/domain-facts.ts';
import { hexOf } from './hex-address.ts';
import { digestOfNames, isNamesKey, namesByKey, namesFromJson, namesToJson } from './shared-names.ts';
import type { SharedState } from './shared-state.ts';
import { clockFromJson, clockToJson, factsFromJson, factsToJson } from './state-json.ts';

const TWO_32 = 2 ** 32;

/** A definition in a bucket, with the ports that have sent it. */
export interface SharedDefinition {
  readonly ports: readonly number[];
  readonly exportSeconds: number;
  readonly template: Template;
}

/** What a value of the bucket says. */
export type SharedEntry =
  | {
      readonly about: 'template';
      readonly address: string;
      readonly definitions: readonly SharedDefinition[];
      /** Of the domain, so that a restart is found wherever the exporter sends to. */
      readonly clocks: readonly OwnedClock[];
    }
  | { readonly about: 'facts'; readonly facts: ToldFacts }
  | { readonly about: 'names'; readonly names: readonly ToldName[] };

/** A value for the bucket. `digest` is the same as long as nothing in it has changed that others have to know. */
export interface SharedValue {
  readonly json: Record<string, unknown>;
  readonly digest: string;
  readonly hasClocks: boolean;
}

/** What a key of a template stands for. */
export interface TemplateKey {
  readonly address: string;
  readonly version: 9 | 10;
  readonly domain: number;
  readonly id: number;
}

/** `template.<address>.<version>.<domain>.<id>`; undefined for an address that means nothing elsewhere. */
export function templateKey({ address, version, domain, id }: TemplateKey): string | undefined {
  const hex = hexOf(address);
  return hex && `template.${hex}.${version}.${domain}.${id}`;
}

/** `exporter.<address>.<version>.<domain>`: sampling rates. */
export function factsKey({ address, version, domain }: Omit<TemplateKey, 'id'>): string | undefined {
  const hex = hexOf(address);
  return hex && `exporter.${hex}.${version}.${domain}`;
}

/** What a key of a template stands for; undefined for any other key. */
export function readTemplateKey(key: string): TemplateKey | undefined {
  const match = /^template\.((?:[0-9a-f]{8}){1,4})\.(9|10)\.(\d{1,10})\.(\d{1,5})$/.exec(key);
  if (match === null) return undefined;
  const octets = Buffer.from(match[1]!, 'hex');
  const address = addressText(octets, 0, octets.length);
  const version = match[2] === '9' ? 9 : 10;
  return address === '' ? undefined : { address, version, domain: Number(match[3]), id: Number(match[4]) };
}

/** The definitions of one id, the latest last. */
export function templateValue(definitions: readonly StoredTemplate[], clocks: readonly OwnedClock[]): SharedValue {
  const written = definitions.map(({ ports, exportSeconds, template }) => ({
    ports: [...ports].sort((a, b) => a - b),
    export_seconds: exportSeconds,
    template: templateToJson(template),
  }));
  return {
    json: { definitions: written, clocks: clocks.map(clockToJson) },
    digest: digestOfDefinitions(definitions),
    hasClocks: clocks.length > 0,
  };
}

export function factsValue(facts: ToldFacts): SharedValue {
  const told = factsToJson(facts);
  return { json: { exporter: told }, digest: digestOf(told), hasClocks: false };
}

function namesValue(names: readonly ToldName[]): SharedValue {
  return { json: namesToJson(names), digest: digestOfNames(names), hasClocks: false };
}

/** What the bucket should have of an address: nothing while none of its data was decoded (D-9). */
export function valuesOf(address: string, state: SharedState): Map<string, SharedValue> {
  const values = new Map<string, SharedValue>();
  const byKey = new Map<string, StoredTemplate[]>();
  for (const stored of state.templatesOf(address)) {
    if (!stored.proven) continue;
    const key = templateKey({ ...stored.template, address });
    if (key === undefined) return values;
    const definitions = byKey.get(key);
    if (definitions === undefined) byKey.set(key, [stored]);
    else definitions.push(stored);
  }
  if (byKey.size === 0) return values;
  // they go first: what waits for a template elsewhere is decoded as soon as that comes
  for (const facts of state.factsOf(address)) values.set(factsKey(facts)!, factsValue(facts));
  for (const [key, names] of namesByKey(state.names(address))) values.set(key, namesValue(names));
  const clocks = state.clocksOf(address);
  for (const [key, definitions] of byKey) {
    const { version, domain } = definitions[0]!.template;
    const ofDomain = version === 9 ? clocks.filter(({ owner }) => owner.domain === domain) : [];
    values.set(key, templateValue(definitions, ofDomain));
  }
  return values;
}

/**
 * What a value says.
 *
 * @throws Error for what is not of the shape that it was written in, or belongs to another key
 */
export function readEntry(key: string, json: unknown): SharedEntry {
  const value = objectOf(json);
  const about = readTemplateKey(key);
  if (about !== undefined) {
    const name = `${about.version}/${about.domain}/${about.id}`;
    const definitions = listOf(value['definitions']).map((entry) => {
      const definition = objectOf(entry);
      const template = readTemplate(name, definition['template'], key);
      const ports = listOf(definition['ports']).map((port) => whole({ port }, 'port', 0xffff));
      return { ports, exportSeconds: whole(definition, 'export_seconds', TWO_32 - 1), template };
    });
    const clocks = listOf(value['clocks']).map(clockFromJson);
    const { address, domain } = about;
    const isOurs = clocks.every(({ owner }) => owner.address === address && owner.domain === domain);
    if (!isOurs || (about.version === 10 && clocks.length > 0)) throw new Error('a clock of another exporter');
    return { about: 'template', address, definitions, clocks };
  }
  if (isNamesKey(key)) return { about: 'names', names: namesFromJson(key, value) };
  const facts = factsFromJson(value['exporter']);
  if (factsKey(facts) !== key) throw new Error('it belongs to another key');
  return { about: 'facts', facts };
}

/** The digest that was given with this value when it was made. */
export function digestOfEntry(entry: SharedEntry): string {
  if (entry.about === 'names') return digestOfNames(entry.names);
  return entry.about === 'facts' ? factsValue(entry.facts).digest : digestOfDefinitions(entry.definitions);
}

/** Ports say something only where there are several definitions, and times never. */
function digestOfDefinitions(definitions: readonly Pick<SharedDefinition, 'ports' | 'template'>[]): string {
  const several = definitions.length > 1;
  return digestOf(
    definitions.map(({ ports, template }) => [
      templateToJson(template),
      several ? [...ports].sort((a, b) => a - b) : [],
    ]),
  );
}

function digestOf(told: unknown): string {
  return createHash('sha256').update(JSON.stringify(told)).digest('base64').slice(0, 22);
}
