import type { Candidate, ExplainedPlace, Explanation } from './explain.ts';

/**
 * An explanation for people to read: each candidate with its place, what it says, and what wins.
 *
 * @param why the name of the strongest one is used
 */
export function explanationText(
  title: string,
  { candidates, name, attributes }: Explanation,
  why = 'nothing more specific, and no stronger source',
): string[] {
  if (candidates.length === 0) return [`${title}: nothing matches`];
  const all = [...attributes].map(([key, value]) => `${key}=${value}`).sort();
  return [`${title}: ${[name, ...all].join(' ')}`, ...candidates.flatMap((each) => candidateText(each, why))];
}

function candidateText(candidate: Candidate, why: string): string[] {
  const { match, name, place, inherits, attributes, named, lostTo } = candidate;
  const outcome = named ? `its name is used: ${why}` : `name lost to ${lostTo}`;
  return [
    `  ${match}  ${name}  ${placeText(place)}`,
    `    ${outcome}${inherits ? '' : '; inherits nothing'}`,
    ...attributes.map(({ name: key, value, wins, lostTo: by }) => {
      const says = value === null ? `${key} is cleared` : `${key}=${value}`;
      if (by !== undefined) return `    ${says}: lost to ${by}`;
      return `    ${says}${wins ? ': used' : ''}`;
    }),
  ];
}

function placeText({ kind, source, line, column }: ExplainedPlace): string {
  return `${kind} ${source}${line === 0 ? '' : `:${line}:${column}`}`;
}
