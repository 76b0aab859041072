import { ConfigError } from '../../config/errors.ts';
import type { Problems } from '../../config/problems.ts';
import { compileContext } from '../context/compile-context.ts';
import { contextOutput } from '../context/context-output.ts';
import { readContextFiles } from '../context/read-files.ts';
import type { KeyedObject } from '../context/json-document.ts';
import type { OtherSources, ReadContext } from '../context/read-files.ts';
import { newMemory } from '../context/table-memory.ts';
import type { AllocateMemory } from '../context/table-memory.ts';
import type { BuildInput, BuildResult, ContextFiles, RefusedObject } from './messages.ts';

/**
 * Reads the files of a context, and what else there is, and compiles them, all or nothing. An object with a key of its own that cannot be used is
 * refused by itself, and so is the document of a web server: what was there before stays if that is possible, and the
 * rest is built.
 *
 * @param others undefined where nothing can come otherwise than by files
 * @param memory asked for each attempt
 */
export function buildContext(
  { settings, previous, force }: BuildInput,
  others?: OtherSources,
  memory: () => AllocateMemory = () => newMemory,
): BuildResult {
  const started = performance.now();
  const refused = new Map<string, RefusedObject>();
  for (let use = others; ;) {
    const read = readContextFiles(settings.files, use);
    const files = { files: read.files, empty: read.empty };
    if (!force && previous !== undefined && sameFiles(read, previous)) return { kind: 'unchanged', ...files };
    if (previous !== undefined) refuseEmptied(read, previous);
    const { problems } = read;
    if (problems.count === 0) {
      const tables = compileContext(read.draft, contextOutput(settings.format, settings.keys), problems, memory());
      const { notes } = problems;
      if (problems.count === 0) {
        return { kind: 'built', tables, refused, notes, tookMs: performance.now() - started, ...files };
      }
    }
    const rest = use && withdraw(use, problems, refused);
    if (rest === undefined) {
      return {
        kind: 'refused',
        problems: problems.list.map(({ message }) => message),
        count: problems.count,
        ...files,
      };
    }
    use = rest;
  }
}

/** The sources without what cannot be used: a value less at least. Undefined when none of it is to blame. */
function withdraw(
  { objects, document }: OtherSources,
  { keys, list }: Problems,
  refused: Map<string, RefusedObject>,
): OtherSources | undefined {
  const refuse = (name: string, message: string, before: unknown, object?: KeyedObject): void => {
    const first = refused.get(name) ?? { problem: message, ...(object && { object }) };
    refused.set(name, { ...first, stays: before !== undefined });
  };
  const wrong = document && list.find(({ file }) => file === document.url);
  if (wrong === undefined && keys.size === 0) return undefined;
  const left = objects.flatMap((object) => {
    const { key, text, before } = object;
    const mistake = keys.get(key);
    if (mistake === undefined) return [object];
    refuse(key, mistake.message, before, { key, text, before });
    return before === undefined ? [] : [{ key, text: before }];
  });
  if (wrong === undefined) return { objects: left, document };
  const { url, before } = document!;
  refuse(url, wrong.message, before);
  return { objects: left, document: before && { url, octets: before } };
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
