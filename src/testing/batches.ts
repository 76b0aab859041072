import { messageEnd, messageIndex } from '../transport/transport.ts';
import type { Batch } from '../transport/transport.ts';

/** A batch of text messages, laid out as workers do it. */
export function batchOf(messages: readonly string[]): Batch {
  const bytes = messages.map((message) => Buffer.from(message));
  const length = bytes.reduce((sum, message) => sum + message.length, 0);
  const buffer = new Uint8Array(((length + 3) & ~3) + 4 * messages.length);
  const index = messageIndex({ buffer });
  let at = 0;
  bytes.forEach((message, i) => {
    buffer.set(message, at);
    at += message.length;
    index[index.length - 1 - i] = at;
  });
  return { buffer, length, count: messages.length };
}

/** The messages of a batch, as text. */
export function messagesOf({ buffer, count }: Batch): string[] {
  const index = messageIndex({ buffer });
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(buffer.subarray(messageEnd(index, i - 1), messageEnd(index, i))).toString(),
  );
}
