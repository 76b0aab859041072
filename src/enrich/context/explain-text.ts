import type { Candidate, ExplainedPlace, Explanation } from './explain.ts';

/** An explanation for people to read: each candidate with its place, what it says, and what wins. */
export function explanationText(title: string, { candidates, name, attributes }: Explanation): string[] {
  if (candidates.length === 0) return [`${title}: nothing matches`];
  const all = [...attributes].map(([key, value]) => `${key}=${value}`).sort();
  return [`${title}: ${[name, ...all].join(' ')}`, ...candidates.flatMap(candidateText)];
}

function candidateText({ match, name, place, inherits, attributes, named, lostTo }: Candidate): string[] {
  const outcome = named ? 'its name is used: nothing more specific, and no stronger source' : `name lost to ${lostTo}`;
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
