import type { OwnedClock } from '../../decode/templates/store.ts';
import { listOf, objectOf, whole } from '../../config/json-shape.ts';
import { rateFromJson, rateToJson } from '../../produce/rate-json.ts';
import type { ToldName } from '../../enrich/learned/told-name.ts';
import type { ToldFacts } from '../../produce/templated/domain-facts.ts';
import { endpointOf, versionOf } from './endpoint-json.ts';
import { nameFromJson, nameToJson } from './names-json.ts';

/** What `<templates.json.path>.state` holds: what the file of the original has no place for (D-23). */
export interface LearnedState {
  readonly clocks: readonly OwnedClock[];
  readonly facts: readonly ToldFacts[];
  readonly names: readonly ToldName[];
}

const VERSION = 1;
const TWO_32 = 2 ** 32;

/** The text of the file, in pieces. */
export function* stateText({ clocks, facts, names }: LearnedState): Generator<string, undefined> {
  yield `{"version":${VERSION},"clocks":[`;
  yield* listText(clocks, clockToJson);
  yield '],"exporters":[';
  yield* listText(facts, factsToJson);
  yield '],"names":[';
  yield* listText(names, nameToJson);
  yield ']}\n';
}

function* listText<Entry>(entries: readonly Entry[], toJson: (entry: Entry) => unknown): Generator<string, undefined> {
  let comma = '';
  for (const entry of entries) {
    yield comma + JSON.stringify(toJson(entry));
    comma = ',\n';
  }
}

/** @throws Error for what is not of this shape and version; nothing is half read */
export function stateFromJson(json: unknown): LearnedState {
  const state = objectOf(json);
  if (state['version'] !== VERSION) throw new Error(`version ${JSON.stringify(state['version'])} is not known here`);
  return {
    clocks: listOf(state['clocks']).map(clockFromJson),
    facts: listOf(state['exporters']).map(factsFromJson),
    // files that were written before there were names have none
    names: listOf(state['names'] ?? []).map(nameFromJson),
  };
}

/** A clock as it is written. */
export function clockToJson({ owner, clock }: OwnedClock): Record<string, unknown> {
  const { address, port, domain } = owner;
  const { sysUptimeMs, exportSeconds, sequence } = clock;
  return { address, port, domain, sys_uptime_ms: sysUptimeMs, export_seconds: exportSeconds, sequence };
}

/** @throws Error for what is not of this shape */
export function clockFromJson(entry: unknown): OwnedClock {
  const clock = objectOf(entry);
  return {
    owner: { ...endpointOf(clock), port: whole(clock, 'port', 0xffff), version: 9 },
    clock: {
      sysUptimeMs: whole(clock, 'sys_uptime_ms', TWO_32 - 1),
      exportSeconds: whole(clock, 'export_seconds', TWO_32 - 1),
      sequence: whole(clock, 'sequence', TWO_32 - 1),
    },
  };
}

/** What options data has told of a domain, as it is written. */
export function factsToJson({ address, version, domain, exporterStartMs, rates }: ToldFacts): Record<string, unknown> {
  const sampling = rates.map(rateToJson).filter((rate) => rate !== undefined);
  return { address, version, domain, started_ms: exporterStartMs, sampling };
}

/** @throws Error for what is not of this shape */
export function factsFromJson(entry: unknown): ToldFacts {
  const facts = objectOf(entry);
  const started = facts['started_ms'] === -1 ? -1 : whole(facts, 'started_ms', Number.MAX_SAFE_INTEGER);
  return {
    ...endpointOf(facts),
    version: versionOf(facts),
    exporterStartMs: started,
    rates: listOf(facts['sampling']).map(rateFromJson),
  };
}
