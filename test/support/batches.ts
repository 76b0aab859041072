import type { Batch } from '#src/transport/transport.js';

/** A batch of text messages, laid out as workers do it. */
export function batchOf(messages: readonly string[]): Batch {
  const bytes = messages.map((message) => Buffer.from(message));
  const length = bytes.reduce((sum, message) => sum + message.length, 0);
  const buffer = new ArrayBuffer(((length + 3) & ~3) + 4 * messages.length);
  const octets = new Uint8Array(buffer);
  const index = new Uint32Array(buffer);
  let at = 0;
  bytes.forEach((message, i) => {
    octets.set(message, at);
    at += message.length;
    index[index.length - 1 - i] = at;
  });
  return { buffer, length, count: messages.length };
}

/** The messages of a batch, as text. */
export function messagesOf({ buffer, count }: Batch): string[] {
  const index = new Uint32Array(buffer);
  const end = (i: number) => (i < 0 ? 0 : index[index.length - 1 - i]!);
  return Array.from({ length: count }, (_, i) => Buffer.from(buffer, end(i - 1), end(i) - end(i - 1)).toString());
}
