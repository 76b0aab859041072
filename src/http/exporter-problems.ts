import type { ExporterEntry } from './exporter-entry.ts';

/** A clock that is further off makes times of flows doubtful. */
const SKEW_SECONDS = 10;

/** An exporter that has sent for a while and then nothing for so long is silent. */
const SILENT_SECONDS = 300;

/** Share of numbers that may be missed before it is worth a word. */
const LOSS = 0.001;

const protocolNames: Record<string, string> = {
  netflow_v5: 'NetFlow v5 flows',
  netflow_v7: 'NetFlow v7 flows',
  netflow_v9: 'NetFlow v9 datagrams',
  ipfix: 'IPFIX records',
  sflow: 'sFlow datagrams',
  sflow_sample: 'sFlow samples',
};

/** What is wrong with an exporter, in plain words, each with what to do about it. */
export function exporterProblems(entry: Omit<ExporterEntry, 'problems'>, nowMs: number): string[] {
  const problems: string[] = [];
  const { clock_skew: skew } = entry;
  const silent = (nowMs - Date.parse(entry.last_seen)) / 1e3;
  if (silent > SILENT_SECONDS) problems.push(`silent for ${minutes(silent)}: is it up, and does it still send here?`);
  for (const [protocol, counts] of Object.entries(entry.sequences))
    problems.push(...ofNumbers(protocol, counts, entry));
  if (entry.dropped_datagrams > 0) {
    problems.push(`datagrams dropped here: ${entry.dropped_datagrams}; the output is slower than the input`);
  }
  if (entry.failed_datagrams > 0)
    problems.push(`datagrams that could not be decoded: ${entry.failed_datagrams}; the log says why`);
  const templated = (entry.datagrams.netflow_v9 ?? 0) + (entry.datagrams.ipfix ?? 0);
  if (entry.sets_without_template > 0 && entry.sets_without_template * 100 > templated) {
    problems.push(
      `data sets that came before their template: ${entry.sets_without_template}; let it send templates more often`,
    );
  }
  if (skew !== null && Math.abs(skew) > SKEW_SECONDS) {
    const direction = skew > 0 ? 'behind' : 'ahead';
    problems.push(`its clock is ${Math.abs(skew).toFixed(0)} s ${direction}: set it by NTP, or its delay is that long`);
  }
  if (entry.sflow !== null && entry.sflow.drops > 0) {
    problems.push(`packets that its sFlow agent could not sample: ${entry.sflow.drops}; let it sample fewer`);
  }
  return problems;
}

function ofNumbers(
  protocol: string,
  { missed = 0, stray = 0, duplicate = 0 }: Record<string, number>,
  { datagrams, flows }: Omit<ExporterEntry, 'problems'>,
): string[] {
  const problems: string[] = [];
  const name = protocolNames[protocol] ?? protocol;
  const counted = protocol === 'netflow_v9' || protocol === 'sflow' ? (datagrams[protocol] ?? 0) : flows;
  const share = missed / (missed + counted);
  if (missed > 0 && share > LOSS) {
    problems.push(`${(100 * share).toFixed(1)} % of its ${name} never came: look for losses on the way`);
  }
  if (stray > 10) problems.push(`${name} with numbers that do not follow: ${stray}; does another exporter send as it?`);
  if (duplicate * 10 > counted && duplicate > 10) {
    problems.push(`${name} that came twice: ${duplicate}; is this collector configured twice there?`);
  }
  return problems;
}

function minutes(seconds: number): string {
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
