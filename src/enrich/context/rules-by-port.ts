import type { ApplicationDraft, Source } from './draft.ts';
import { MAX_RULE_LIST_WORDS } from './limits.ts';
import { PORTS } from './application-table.ts';

/** What is looked at of a rule. */
export type PortRule = Pick<ApplicationDraft, 'protocol' | 'ports' | 'network'>;

/** For each protocol, which table it has; for each port of each table, where its list begins; the lists. */
export interface RulesByPort {
  readonly protocols: Uint32Array;
  readonly ports: Uint32Array;
  readonly lists: Uint32Array;
}

/**
 * Sorts rules, given in the order that they are tried in, into lists by protocol and port. A list ends with the first
 * rule that names no network, because it always matches. Table 0 is for the protocols that no rule names.
 *
 * @returns undefined when the lists would be too long
 */
export function sortRules(rules: readonly PortRule[]): RulesByPort | undefined {
  const named = [...new Set(rules.flatMap(({ protocol }) => (protocol === undefined ? [] : [protocol])))];
  const protocols = new Uint32Array(256);
  for (const [i, protocol] of named.entries()) protocols[protocol] = i + 1;
  const ports = new Uint32Array((named.length + 1) * PORTS);
  const lists = new Lists();
  for (const [i, protocol] of [undefined, ...named].entries()) {
    const filled = fillTable(ports.subarray(i * PORTS, (i + 1) * PORTS), rules, protocol, lists);
    if (!filled) return undefined;
  }
  return { protocols, ports, lists: lists.words() };
}

/**
 * The order that rules are tried in: those of later sources first, within one source by their numbers, then as they
 * stand. All keys of a bucket are one source here.
 */
export function inOrder(rules: readonly ApplicationDraft[], sources: readonly Source[]): ApplicationDraft[] {
  const firstKey = sources.findIndex(({ kind }) => kind === 'kv');
  const groupOf = ({ place }: ApplicationDraft) => (sources[place.source]!.kind === 'kv' ? firstKey : place.source);
  return rules.toSorted((a, b) => groupOf(b) - groupOf(a) || a.order - b.order || b.place.source - a.place.source);
}

/** Lists of rules, equal ones once; the first is the empty one. */
class Lists {
  readonly #words = [0];
  readonly #known = new Map<string, number>([['', 0]]);

  add(rules: readonly number[]): number {
    const key = rules.join(' ');
    let at = this.#known.get(key);
    if (at === undefined) {
      this.#known.set(key, (at = this.#words.length));
      this.#words.push(rules.length, ...rules);
    }
    return at;
  }

  get full(): boolean {
    return this.#words.length > MAX_RULE_LIST_WORDS;
  }

  words(): Uint32Array {
    return Uint32Array.from(this.#words);
  }
}

const everyPort = [[0, PORTS - 1]] as const;

/** Goes through the ports once, with the rules that begin and end at each. */
function fillTable(
  table: Uint32Array,
  rules: readonly PortRule[],
  protocol: number | undefined,
  lists: Lists,
): boolean {
  const changes = new Map<number, { readonly begin: number[]; readonly end: number[] }>([[0, { begin: [], end: [] }]]);
  const changeAt = (port: number): { readonly begin: number[]; readonly end: number[] } => {
    let change = changes.get(port);
    if (change === undefined) changes.set(port, (change = { begin: [], end: [] }));
    return change;
  };
  for (const [number, rule] of rules.entries()) {
    if (rule.protocol !== undefined && rule.protocol !== protocol) continue;
    for (const [from, to] of rule.ports.length === 0 ? everyPort : rule.ports) {
      changeAt(from).begin.push(number);
      changeAt(to + 1).end.push(number);
    }
  }
  const active = new ActiveRules();
  const steps = [...changes.keys()].sort((a, b) => a - b);
  for (const [i, port] of steps.entries()) {
    for (const number of changes.get(port)!.begin) active.begin(number);
    for (const number of changes.get(port)!.end) active.end(number);
    if (port < PORTS) table.fill(lists.add(active.list(rules)), port, steps[i + 1] ?? PORTS);
    if (lists.full) return false;
  }
  return true;
}

/** The rules that hold for a port, in their order; how often, where ranges of one rule overlap. */
class ActiveRules {
  readonly #numbers: number[] = [];
  readonly #times = new Map<number, number>();

  begin(number: number): void {
    const times = this.#times.get(number) ?? 0;
    this.#times.set(number, times + 1);
    if (times === 0) this.#numbers.splice(this.#placeOf(number), 0, number);
  }

  end(number: number): void {
    const times = this.#times.get(number)! - 1;
    this.#times.set(number, times);
    if (times === 0) this.#numbers.splice(this.#placeOf(number), 1);
  }

  /** Up to the first one that names no network. */
  list(rules: readonly PortRule[]): number[] {
    const last = this.#numbers.findIndex((number) => rules[number]!.network === undefined);
    return last < 0 ? [...this.#numbers] : this.#numbers.slice(0, last + 1);
  }

  #placeOf(number: number): number {
    let [from, to] = [0, this.#numbers.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#numbers[middle]! < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
