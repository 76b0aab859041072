import { objectOf, whole } from '../../config/json-shape.ts';
import { MAX_LEARNED_NAME_LENGTH } from '../../decode/limits.ts';
import { nameKinds, readId } from '../../enrich/learned/told-name.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import { endpointOf, versionOf } from './endpoint-json.ts';

/** A learned name as it is written. */
export function nameToJson(told: ToldName): Record<string, unknown> {
  const { address, version, domain, kind, id, name, description, heardMs } = told;
  return { address, version, domain, kind, id, name, description, heard_ms: heardMs };
}

/** @throws Error for what is not of this shape */
export function nameFromJson(entry: unknown): ToldName {
  const told = objectOf(entry);
  const kind = nameKinds.find((known) => known === told['kind']);
  if (kind === undefined) throw new Error(`no such kind of name: ${JSON.stringify(told['kind'])}`);
  const id = textOf(told, 'id');
  readId(kind, id);
  return {
    ...endpointOf(told),
    version: versionOf(told),
    kind,
    id,
    name: textOf(told, 'name'),
    description: textOf(told, 'description'),
    heardMs: whole(told, 'heard_ms', Number.MAX_SAFE_INTEGER),
  };
}

function textOf(json: Record<string, unknown>, key: string): string {
  const text = json[key];
  if (typeof text !== 'string' || text.length > MAX_LEARNED_NAME_LENGTH) throw new Error(`${key} is no short text`);
  return text;
}
