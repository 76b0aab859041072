import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What an issue of the schema says to people, and the path that it is about. */
export function describeIssue(issue: Issue): { readonly path: (string | number)[]; readonly message: string } {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return { path: [...path, issue.keys[0]!], message: 'no such key is known here' };
  }
  return { path, message: messageOf(issue) };
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
      return `${issue.values.map((value) => String(value)).join(' or ')} is expected`;
    default:
      return issue.message;
  }
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
