import type { Explanation } from '../enrich/context/explain.ts';
import type { ContextQuestion } from '../enrich/context/explain-question.ts';
import type { SourceStatus } from '../enrich/live/object-source.ts';
import { addressText, parseAddress } from '../flow/address.ts';
import { parseProtocol } from '../flow/protocol-text.ts';
import { json, text } from './route.ts';
import type { Answer } from './route.ts';
import type { CollectorView } from './view.ts';

/** Learned names of an exporter that are shown at most. */
const LEARNED_SHOWN = 10_000;

const none = text(404, 'There is no context: see -context.config\n');

/** The context in use: its generation, its sources with their ages and sizes, and what is wrong. */
export function contextPage(view: CollectorView): Answer {
  const { context } = view;
  if (context === undefined) return none;
  const { generation, sinceMs, networks, exporters, applications, memory, sources, problems } = context;
  const { counters } = view.accounting();
  return json(200, {
    generation,
    ...ageOf(sinceMs, 'in_use_since'),
    networks,
    exporters,
    applications,
    memory_bytes: memory,
    lookups: counters.get('context_lookups'),
    hits: counters.get('context_hits'),
    loads: counters.get('context_loads'),
    errors: counters.get('context_errors'),
    sources: sources.map(sourceEntry),
    problems,
  });
}

function sourceEntry({ kind, name, bytes, objects, modifiedMs, trouble }: SourceStatus): unknown {
  return {
    kind,
    name,
    bytes,
    ...(objects === undefined ? {} : { objects }),
    ...ageOf(modifiedMs, 'modified'),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function ageOf(ms: number, name: string): Record<string, string | number | null> {
  if (ms === 0) return { [name]: null, age_seconds: null };
  return { [name]: new Date(ms).toISOString(), age_seconds: Math.max(0, Math.round((Date.now() - ms) / 1e3)) };
}

/** What the context says of `addr` and of what else is asked for, and why. */
export async function lookupPage(view: CollectorView, query: URLSearchParams): Promise<Answer> {
  const question = questionOf(query);
  if (typeof question === 'string') return text(400, `${question}\n`);
  const answer = await view.explain(question);
  if (answer === undefined) return none;
  const { generation = 0, problems = [] } = view.context ?? {};
  const parts = Object.entries(answer as unknown as Record<string, Explanation | undefined>);
  const entries = parts.flatMap(([name, part]) => (part === undefined ? [] : [[name, entryOf(part)] as const]));
  const learned = question.exporter === undefined ? {} : { learned: learnedOf(view, question.exporter, question) };
  return json(200, { generation, ...Object.fromEntries(entries), ...learned, problems });
}

/** The names that an exporter has told: of the interface and the VRF that are asked for, else all. */
function learnedOf(view: CollectorView, exporter: Uint8Array, { ifindex, vrf }: ContextQuestion): unknown[] {
  const wanted = new Set<string>();
  if (ifindex !== undefined) wanted.add(`interface ${ifindex}`);
  if (vrf !== undefined) wanted.add(`vrf ${vrf}`);
  const found: unknown[] = [];
  for (const { kind, id, version, domain, name, description, heardMs } of view.names(textOf(exporter))) {
    if (wanted.size > 0 && !wanted.has(`${kind} ${id}`)) continue;
    if (found.length === LEARNED_SHOWN) break;
    found.push({ kind, id, name, description, version, domain, ...ageOf(heardMs, 'told') });
  }
  return found;
}

const textOf = (address: Uint8Array): string => addressText(address, 0, address.length);

function entryOf({ name, attributes, candidates }: Explanation): unknown {
  return { name: name ?? null, attributes: Object.fromEntries(attributes), candidates };
}

/** How each parameter of a lookup is read; undefined for what it cannot be. */
const parameters = {
  addr: (value: string) => parseAddress(value, true),
  exporter: (value: string) => parseAddress(value, true),
  ifindex: numberUpTo(0xffffffff),
  vrf: numberUpTo(0xffffffff),
  proto: parseProtocol,
  port: numberUpTo(65_535),
} as const;

const use =
  '?addr=ADDRESS is expected, and if wanted &exporter=ADDRESS with &ifindex=N or &vrf=N, and &proto=PROTOCOL with &port=N';

function numberUpTo(most: number): (value: string) => number | undefined {
  return (value) => (/^\d{1,10}$/.test(value) && Number(value) <= most ? Number(value) : undefined);
}

/** What is asked, or what is wrong with it. */
function questionOf(query: URLSearchParams): ContextQuestion | string {
  const found: Partial<Record<keyof typeof parameters, Uint8Array | number>> = {};
  for (const [given, value] of query) {
    const name = given === 'ip' ? 'addr' : given;
    if (!Object.hasOwn(parameters, name)) return `${given} is not known: ${use}`;
    const read = parameters[name as keyof typeof parameters](value);
    if (read === undefined) return `${given} cannot be ${JSON.stringify(value)}: ${use}`;
    found[name as keyof typeof parameters] = read;
  }
  const { addr, exporter, ifindex, vrf, proto, port } = found;
  if (addr === undefined) return use;
  if (exporter === undefined && (ifindex ?? vrf) !== undefined) return `ifindex and vrf need an exporter: ${use}`;
  if (proto === undefined && port !== undefined) return `port needs a proto: ${use}`;
  return { address: addr, exporter, ifindex, vrf, protocol: proto, port } as ContextQuestion;
}
