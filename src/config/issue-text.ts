import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';

type Issue = z.core.$ZodIssue;

/** What an issue of a schema says to people, and the path that it is about. */
export function describeIssue(
  issue: Issue,
  schema: z.ZodType,
): { readonly path: (string | number)[]; readonly message: string } {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return {
      path: [...path, issue.keys[0]!],
      message: `no such key is known here${didYouMean(issue.keys[0]!, keysAt(schema, path))}`,
    };
  }
  return { path, message: messageOf(issue) };
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let at: unknown = schema;
  for (const step of path) at = childOf(inside(at), step);
  return Object.keys((inside(at) as { shape?: object } | undefined)?.shape ?? {});
}

interface Wrapping {
  readonly unwrap?: () => unknown;
  readonly element?: unknown;
  readonly shape?: Readonly<Record<string, unknown>>;
}

/** What is under `nullish`, `optional` and the like. */
function inside(schema: unknown): unknown {
  let at = schema as Wrapping | undefined;
  while (at?.unwrap !== undefined && at.element === undefined) at = at.unwrap() as Wrapping;
  return at;
}

function childOf(schema: unknown, step: string | number): unknown {
  const { element, shape } = (schema ?? {}) as Wrapping;
  return typeof step === 'number' ? element : shape?.[step];
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'is missing';
      return `${expectations.get(issue.expected) ?? issue.expected} is expected`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : `${issue.minimum} or more is expected`;
    case 'too_big':
      return issue.origin === 'string'
        ? `at most ${issue.maximum} characters are expected`
        : `${issue.maximum} or less is expected`;
    case 'invalid_value':
      if ('input' in issue && issue.input === undefined) return 'is missing';
      return `${issue.values.map((value) => String(value)).join(' or ')} is expected${hintOf(issue)}`;
    default:
      return issue.message;
  }
}

/** The value that was meant, where a text was written that is near to one. */
function hintOf({ input, values }: z.core.$ZodIssueInvalidValue): string {
  return typeof input === 'string' ? didYouMean(input, values.map(String)) : '';
}

const expectations = new Map<string, string>([
  ['string', 'text (between quotes if it looks like a number)'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map of names to values'],
  ['record', 'a map of names to values'],
]);
