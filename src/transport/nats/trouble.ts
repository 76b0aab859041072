/**
 * Why messages do not get into the stream at all. Each is logged once a minute while it lasts, and makes the collector
 * not ready; delivery is tried again at growing intervals.
 */
export const troubles = {
  unreachable: 'no NATS server can be reached',
  authentication: 'the NATS server refuses the credentials',
  credentials: 'the credentials for NATS cannot be read',
  tls: 'no TLS connection to the NATS server',
  jetstream_missing: 'JetStream is not enabled for this account',
  stream_missing: 'the stream does not exist',
  stream_refused: 'the stream cannot be created as asked',
  subject_not_covered: 'the subjects of the stream do not cover the ones to publish to',
  api_failed: 'the server does not tell about the stream',
  no_responders: 'nobody takes messages on the subject',
  no_permission: 'the user may not publish',
  stream_full: 'the stream is full and refuses new messages',
  storage: 'the server cannot store messages',
  rejected: 'the server refuses messages',
  ack_timeout: 'the server does not acknowledge messages',
} as const;

export type Trouble = keyof typeof troubles;

/** A trouble with the words of whoever reported it. */
export interface TroubleReport {
  readonly trouble: Trouble;
  readonly detail: string;
}
