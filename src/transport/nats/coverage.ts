import type { SubjectPattern } from '../../format/subject-pattern.ts';

/** Patterns that can become no more subjects than this are also compared subject by subject. */
const MOST_EXPANSIONS = 1_024;

/** Whether every subject that `special` stands for is one of those that `general` stands for; both may have wildcards. */
export function subjectCovers(general: string, special: string): boolean {
  const generalTokens = general.split('.');
  const specialTokens = special.split('.');
  for (const [i, token] of generalTokens.entries()) {
    const other = specialTokens[i];
    if (other === undefined) return false;
    if (token === '>') return true;
    if (other === '>' || (token !== '*' && token !== other)) return false;
  }
  return generalTokens.length === specialTokens.length;
}

/** Whether a stream with these subjects takes everything that a pattern can become. */
export function streamCovers(subjects: readonly string[], pattern: SubjectPattern): boolean {
  const covered = (subject: string): boolean => subjects.some((general) => subjectCovers(general, subject));
  return covered(pattern.wildcard) || (expansions(pattern)?.every(covered) ?? false);
}

/** All subjects of a pattern whose only places are partitions; undefined for others, and where there are too many. */
function expansions({ parts }: SubjectPattern): string[] | undefined {
  let subjects = [''];
  for (const part of parts) {
    if (part.kind === 'column' || part.kind === 'context') return undefined;
    if (part.kind === 'literal') {
      subjects = subjects.map((subject) => subject + part.text);
      continue;
    }
    if (subjects.length * part.partitions > MOST_EXPANSIONS) return undefined;
    const numbers = Array.from({ length: part.partitions }, (_, i) => String(i));
    subjects = subjects.flatMap((subject) => numbers.map((number) => subject + number));
  }
  return subjects;
}
