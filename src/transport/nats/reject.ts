import type { PublishFailure } from '../../metrics/reasons.ts';
import type { Ack } from './ack.ts';

/** Numbers of JetStream's list of errors, by what they mean to a publisher. */
const failuresByCode = new Map<number, PublishFailure>([
  [10023, 'storage'], // insufficient resources
  [10028, 'storage'], // memory resources exceeded
  [10047, 'storage'], // storage resources exceeded
  [10054, 'too_large'], // message size exceeds maximum allowed
  [10077, 'storage'], // the store failed; a full stream is one of its cases
]);

/** What an error of JetStream means for the message that it answers. */
export function failureOf({ code, description }: Ack): PublishFailure {
  if (/\bmaximum (bytes|messages|messages per subject) exceeded\b/.test(description)) return 'stream_full';
  return failuresByCode.get(code) ?? 'rejected';
}
