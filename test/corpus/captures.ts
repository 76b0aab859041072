import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a capture holds, by kind; the names are those of the manifest. */
export const recordKinds = [
  'flow',
  'opt',
  'tmpl',
  'otmpl',
  'notmpl',
  'sflow_flow',
  'sflow_counter',
  'sflow_other',
] as const;
export type RecordKind = (typeof recordKinds)[number];

export type RecordCounts = Record<RecordKind, number>;

/** Zero of every kind. */
export const noRecords = (): RecordCounts => ({
  flow: 0,
  opt: 0,
  tmpl: 0,
  otmpl: 0,
  notmpl: 0,
  sflow_flow: 0,
  sflow_counter: 0,
  sflow_other: 0,
});

/** A row of the manifest. */
export interface Capture {
  /** Path below the corpus folder, and the name of the capture everywhere. */
  readonly file: string;
  readonly protocol: string;
  readonly datagrams: number;
  readonly records: RecordCounts;
}

/** Every capture of the corpus, in the order of its manifest. */
export function captures(corpus: string): Capture[] {
  const [head, ...rows] = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const column = (name: string): number => {
    const index = head!.indexOf(name);
    if (index < 0) throw new Error(`the manifest has no column ${name}`);
    return index;
  };
  const [file, protocol, datagrams, records] = ['file', 'protocol', 'datagrams', 'records'].map(column);
  return rows.map((row) => ({
    file: row[file!]!,
    protocol: row[protocol!]!,
    datagrams: Number(row[datagrams!]),
    records: parseRecords(row[records!]!),
  }));
}

/** `flow=2 opt=1` as counts; `-` means none. */
function parseRecords(text: string): RecordCounts {
  const counts = noRecords();
  if (text === '-') return counts;
  for (const part of text.split(' ')) {
    const [kind, count] = part.split('=');
    if (!recordKinds.includes(kind as RecordKind)) throw new Error(`unknown kind of record in the manifest: ${part}`);
    counts[kind as RecordKind] = Number(count);
  }
  return counts;
}

/** `origin/pcap/name.pcap` -> `origin/name.json`: where the oracles keep their view. */
export function oraclePath(corpus: string, oracle: string, file: string): string {
  const [origin, , name] = file.split('/');
  return join(corpus, 'oracle', oracle, origin!, name!.replace(/\.pcap$/, '.json'));
}
