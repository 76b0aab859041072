/** What a publisher needs of a connection. */
export interface Link {
  /** Most octets of headers and payload together that the server takes in a message. */
  readonly maxPayload: number;
  /** How long the stream remembers the ids of messages; undefined where nobody asked it. */
  readonly duplicateWindowMs: number | undefined;
  /** Octets that were written and that the kernel has not taken yet. */
  readonly queued: number;
  /** Sends these octets; `done` is called once, when they may be overwritten. */
  write(octets: Uint8Array, done: () => void): void;
}
