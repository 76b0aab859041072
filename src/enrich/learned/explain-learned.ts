import type { ContextAnswer, ContextQuestion } from '../context/explain-question.ts';
import type { Candidate } from '../context/explain.ts';
import type { NameKind, ToldName } from './told-name.ts';

/**
 * What an exporter has told, for people to read: of the interface and the VRF that are asked for, else all; and whether
 * flows have it, which they do where no file says something else.
 *
 * @param names of the exporter
 */
export function explainLearned(
  exporter: string,
  names: readonly ToldName[],
  { ifindex, vrf }: ContextQuestion,
  answer: ContextAnswer,
): string[] {
  const wanted = new Set<string>();
  if (ifindex !== undefined) wanted.add(`interface ${ifindex}`);
  if (vrf !== undefined) wanted.add(`vrf ${vrf}`);
  const shown = names.filter(({ kind, id }) => wanted.size === 0 || wanted.has(`${kind} ${id}`));
  if (shown.length === 0) return [`learned from ${exporter}: nothing`];
  const asked: Partial<Record<NameKind, Candidate | undefined>> = {
    exporter: answer.exporter?.candidates.at(-1),
    interface: ifindex === undefined ? undefined : answer.interface?.candidates.at(-1),
    vrf: vrf === undefined ? undefined : answer.vrf?.candidates.at(-1),
  };
  return [`learned from ${exporter}:`, ...shown.flatMap((name) => textOf(name, asked[name.kind]))];
}

function textOf({ kind, id, name, description, version, domain, heardMs }: ToldName, configured?: Candidate): string[] {
  const what = [kind === 'vrf' ? 'VRF' : kind, id, name, description === '' ? '' : `(${description})`];
  const protocol = version === 9 ? 'NetFlow v9' : 'IPFIX';
  const outcome =
    configured === undefined ? 'used where no file has a name' : `lost to ${configured.name} (${configured.match})`;
  return [
    `  ${what.filter((part) => part !== '').join('  ')}`,
    `    told ${new Date(heardMs).toISOString()} by ${protocol}, domain ${domain}: ${outcome}`,
  ];
}
