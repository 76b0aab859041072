import { describeBlock } from './coverage.ts';
import type { Coverage } from './coverage.ts';

/** Blocks that no input reaches, by the beginning of their code, each with the reason. */
const unreachable: readonly { readonly file: string; readonly code: string; readonly why: string }[] = [];

/** Smallest part of the blocks of src/decode that the inputs have to reach. */
const REQUIRED = 0.95;

/** Prints what was covered; whether it was enough. With `whole` also the table above has to be right. */
export function reportCoverage(coverage: Coverage, whole: boolean): boolean {
  const missed = coverage.missed().map((block) => ({ file: block.file, text: describeBlock(block) }));
  const isNamed = ({ file, text }: { file: string; text: string }) =>
    unreachable.some((row) => row.file === file && text.includes(row.code));
  const open = missed.filter((block) => !isNamed(block));
  const named = missed.length - open.length;
  const { total, covered } = coverage;
  const share = covered / (total - named);
  console.log(
    `coverage of src/decode: ${covered} of ${total} blocks, ${named} unreachable by name: ${(100 * share).toFixed(1)} %`,
  );
  for (const { text } of open.slice(0, whole ? undefined : 20)) console.log(`  not reached: ${text}`);
  return !whole || share >= REQUIRED;
}
