import { describeBlock } from './coverage.ts';
import type { CoverageUnion } from './coverage-union.ts';

/** Why datagrams of one session cannot reach a block. */
const otherThreads = 'called for other threads, files and pages, not by a datagram';
const faultOfOurs = 'a fault of ours: thrown when code reads what it has not claimed';
const defaults = 'a default where the session sets small limits and its own clock';
const settings = 'by a setting that the session does not have';
const parts = "for a protocol of a user's own";
const ports = 'needs more than 64 source ports, a session has 64 datagrams';

/** Blocks that no input reaches, by the beginning of their code, each with the reason. */
const unreachable: readonly { readonly file: string; readonly code: string; readonly why: string }[] = [
  { file: 'decode/cursor.js', code: "throw new RangeError('cursor outside", why: faultOfOurs },
  { file: 'decode/cursor.js', code: 'throw outside()', why: faultOfOurs },
  { file: 'decode/cursor.js', code: "return new RangeError('read outside", why: faultOfOurs },
  { file: 'decode/templates/records.js', code: "throw new RangeError('set outside", why: faultOfOurs },
  { file: 'decode/templates/memory-store.js', code: 'get address()', why: otherThreads },
  { file: 'decode/templates/memory-store.js', code: 'put(owner,', why: otherThreads },
  { file: 'decode/templates/memory-store.js', code: 'remove(stored)', why: otherThreads },
  { file: 'decode/templates/memory-store.js', code: 'entries()', why: otherThreads },
  { file: 'decode/templates/memory-store.js', code: 'subscribe(listener)', why: otherThreads },
  { file: 'decode/templates/memory-store.js', code: 'listener(event,', why: otherThreads },
  { file: 'decode/templates/templated-decoder.js', code: 'release(owner,', why: otherThreads },
  { file: 'decode/headers/header-parser.js', code: 'observer.layer(', why: 'for mapping files' },
  { file: 'decode/templates/memory-store.js', code: '?? MAX_TEMPLATE_BYTES', why: defaults },
  { file: 'decode/templates/pending.js', code: '?? MAX_PENDING_BYTES', why: defaults },
  { file: 'decode/templates/pending.js', code: '?? (() => performance.now())', why: defaults },
  { file: 'decode/templates/pending.js', code: '() => performance.now()', why: defaults },
  { file: 'decode/templates/memory-store.js', code: 'this.#leavePort(entry, entry.ports[0])', why: ports },
  { file: 'decode/templates/memory-store.js', code: 'ports.delete(ports.values()', why: ports },
  { file: 'decode/templates/exporter-clock.js', code: '#giveUpOldest()', why: ports },
  { file: 'decode/templates/template-json.js', code: '', why: otherThreads },
  { file: 'decode/templates/build-store.js', code: 'new OrderedTemplateStore(', why: settings },
  { file: 'decode/templates/build-store.js', code: 'new ExpiringTemplateStore(', why: settings },
  { file: 'decode/templates/ordered-store.js', code: 'class OrderedTemplateStore', why: settings },
  { file: 'decode/templates/expiring-store.js', code: 'class ExpiringTemplateStore', why: settings },
  { file: 'decode/elements/registry.js', code: '', why: 'for raw messages with names and for mapping files' },
  { file: 'decode/dispatch.js', code: '? 2', why: settings },
  { file: 'decode/dispatch.js', code: 'this.#netflow(cursor.u16(0))', why: settings },
  { file: 'decode/dispatch.js', code: '?.get', why: parts },
  { file: 'decode/dispatch.js', code: 'return custom', why: parts },
];

/** Smallest part of the blocks of src/decode that the inputs have to reach. */
const REQUIRED = 0.95;

/** Prints what was covered; whether it was enough. With `whole` also the table above has to be right. */
export function reportCoverage(coverage: CoverageUnion, whole: boolean): boolean {
  const missed = coverage.missed().map((block) => ({ file: block.file, text: describeBlock(block) }));
  const isNamed = ({ file, text }: { file: string; text: string }) =>
    unreachable.some((row) => row.file === file && text.includes(row.code));
  const open = missed.filter((block) => !isNamed(block));
  const named = missed.length - open.length;
  const { total } = coverage;
  const covered = total - missed.length;
  const share = covered / (total - named);
  console.log(
    `coverage of src/decode: ${covered} of ${total} blocks, ${named} unreachable by name: ${(100 * share).toFixed(1)} %`,
  );
  for (const { text } of open.slice(0, whole ? undefined : 20)) console.log(`  not reached: ${text}`);
  return !whole || share >= REQUIRED;
}
