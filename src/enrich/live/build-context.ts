import { ConfigError } from '../../config/errors.ts';
import { compileContext } from '../context/compile-context.ts';
import { contextOutput } from '../context/context-output.ts';
import type { KeyedObject } from '../context/json-document.ts';
import { readContextFiles } from '../context/read-files.ts';
import type { ReadContext } from '../context/read-files.ts';
import type { BuildRequest, BuildResult, ContextFiles, RefusedObject } from './messages.ts';

/**
 * Reads the files of a context and compiles them, all or nothing. An object with a key of its own that cannot be used is
 * refused by itself: what the key had before stays if that is possible, and the rest is built.
 */
export function buildContext({ settings, objects, previous, force }: BuildRequest): BuildResult {
  const started = performance.now();
  const refused = new Map<string, RefusedObject>();
  for (let use = objects; ;) {
    const read = readContextFiles(settings.files, use);
    const files = { files: read.files, empty: read.empty };
    if (!force && previous !== undefined && sameFiles(read, previous)) return { kind: 'unchanged', ...files };
    if (previous !== undefined) refuseEmptied(read, previous);
    const { problems } = read;
    if (problems.count === 0) {
      const tables = compileContext(read.draft, contextOutput(settings.format, settings.keys), problems);
      const { notes } = problems;
      if (problems.count === 0) {
        return { kind: 'built', tables, refused, notes, tookMs: performance.now() - started, ...files };
      }
    }
    if (use === undefined || problems.keys.size === 0) {
      return {
        kind: 'refused',
        problems: problems.list.map(({ message }) => message),
        count: problems.count,
        ...files,
      };
    }
    use = withdraw(use, problems.keys, refused);
  }
}

/** The objects without those that cannot be used. Each step takes away a value at least. */
function withdraw(
  objects: readonly KeyedObject[],
  mistakes: ReadonlyMap<string, ConfigError>,
  refused: Map<string, RefusedObject>,
): KeyedObject[] {
  return objects.flatMap((object) => {
    const { key, before } = object;
    const mistake = mistakes.get(key);
    if (mistake === undefined) return [object];
    refused.set(key, { problem: refused.get(key)?.problem ?? mistake.message, stays: before !== undefined });
    return before === undefined ? [] : [{ key, text: before }];
  });
}

function sameFiles({ files }: ContextFiles, { files: before }: ContextFiles): boolean {
  if (files.size !== before.size) return false;
  for (const [path, { hash }] of files) if (hash === undefined || hash !== before.get(path)?.hash) return false;
  return true;
}

/** A file that had content and has none is one that somebody is about to write. */
function refuseEmptied({ empty, problems }: ReadContext, previous: ContextFiles): void {
  for (const path of empty) {
    if (previous.empty.includes(path)) continue;
    problems.addError(new ConfigError('GF_CONTEXT_FILE', { file: path }, 'is empty, and was not before'));
  }
}
