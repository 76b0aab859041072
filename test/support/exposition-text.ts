/** One series of a Prometheus text. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads the text format of Prometheus; throws on a line that is none of it, on a name without a type, and on a series
 * that comes twice.
 */
export function parseExposition(text: string): Series[] {
  const types = new Set<string>();
  const seen = new Set<string>();
  const series: Series[] = [];
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (counter|gauge|summary|histogram)$/.exec(line);
    if (type !== null) {
      if (types.has(type[1]!)) throw new Error(`twice: ${line}`);
      types.add(type[1]!);
    } else if (line !== '' && !/^# HELP \S+ .+$/.test(line)) {
      series.push(parseLine(line, types, seen));
    }
  }
  return series;
}

function parseLine(line: string, types: ReadonlySet<string>, seen: Set<string>): Series {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no series: ${line}`);
  const [, name, inside = '', number] = match;
  if (!types.has(name!) && !types.has(name!.replace(/_(sum|count|bucket)$/, ''))) throw new Error(`no type: ${line}`);
  const key = line.slice(0, line.lastIndexOf(' '));
  if (seen.has(key)) throw new Error(`twice: ${key}`);
  seen.add(key);
  const labels = [...inside.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g)].map(
    ([, label, value]) => [label!, value!] as const,
  );
  return { name: name!, labels: Object.fromEntries(labels), value: Number(number!.replace('+Inf', 'Infinity')) };
}
