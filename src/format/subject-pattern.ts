import { ConfigError } from '../config/errors.ts';
import { findColumn } from '../flow/fields.ts';
import type { Column } from '../flow/fields.ts';
import { ContextKey } from '../flow/context-key.ts';
import { partOfKey } from '../flow/flow-context.ts';

/** A piece of a subject pattern, in its order. */
export type SubjectPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'column'; readonly column: Column }
  /** A value of the context; `_` where a flow has none. */
  | { readonly kind: 'context'; readonly key: ContextKey }
  /** A number below `partitions`. */
  | { readonly kind: 'partition'; readonly partitions: number };

/** A subject with places for what is in a flow. */
export interface SubjectPattern {
  readonly text: string;
  readonly parts: readonly SubjectPart[];
  /** A subject with wildcards that covers all that the pattern can become. */
  readonly wildcard: string;
  /** Whether it has keys of the context. */
  readonly usesContext: boolean;
  /** The same for every flow. */
  readonly isPlain: boolean;
}

const MOST_PARTITIONS = 65_536;

/**
 * Reads a subject or a subject pattern: `flows.{type}.{partition:16}`.
 *
 * @throws ConfigError that names the option and what is wrong with the pattern.
 */
export function parseSubjectPattern(text: string, option: string): SubjectPattern {
  const refuse = (why: string): never => {
    throw new ConfigError('GF_OPTION_VALUE', { option }, `${JSON.stringify(text)}: ${why}`);
  };
  const parts: SubjectPart[] = [];
  for (const [, placeholder, literal, other] of text.matchAll(/\{([^{}]*)\}|([^{}]+)|([{}])/g)) {
    if (other !== undefined) return refuse('a brace without its counterpart');
    if (literal !== undefined) parts.push({ kind: 'literal', text: literal });
    else parts.push(parsePlaceholder(placeholder!, refuse));
  }
  const literals = parts.flatMap((part) => (part.kind === 'literal' ? [part.text] : []));
  if (literals.some((literal) => /[^!-~]/.test(literal))) {
    return refuse('a subject has no blanks, and nothing but printable ASCII');
  }
  if (literals.some((literal) => /[*>]/.test(literal))) return refuse('flows cannot be published to a wildcard');
  const wildcard = parts
    .map((part) => (part.kind === 'literal' ? part.text : '*'))
    .join('')
    .split('.')
    .map((token) => (token.includes('*') ? '*' : token));
  if (wildcard.includes('')) return refuse('a token between the dots is empty');
  if (wildcard[0] === '*') return refuse('the first token of a subject pattern has to be plain text');
  if (wildcard[0]!.startsWith('$')) return refuse('subjects that begin with $ belong to the server');
  const usesContext = parts.some(({ kind }) => kind === 'context');
  return { text, parts, wildcard: wildcard.join('.'), usesContext, isPlain: literals.length === parts.length };
}

function parsePlaceholder(name: string, refuse: (why: string) => never): SubjectPart {
  const partition = /^partition:([0-9]{1,6})$/.exec(name);
  if (partition !== null) {
    const partitions = Number(partition[1]);
    if (partitions >= 1 && partitions <= MOST_PARTITIONS) return { kind: 'partition', partitions };
    return refuse(`{${name}}: 1 to ${MOST_PARTITIONS} partitions`);
  }
  if (name === 'partition') return refuse('{partition} needs a number, as in {partition:16}');
  if (name.startsWith('context.')) {
    const key = name.slice('context.'.length);
    return partOfKey(key) === undefined
      ? refuse(`{${name}} is no key of a context`)
      : { kind: 'context', key: new ContextKey(key) };
  }
  const column = findColumn(name);
  if (column === undefined) return refuse(`{${name}} is no column`);
  if (column.list >= 0) return refuse(`{${name}} is a list, which cannot be one token`);
  return { kind: 'column', column };
}
