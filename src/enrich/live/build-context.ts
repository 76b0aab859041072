import { ConfigError } from '../../config/errors.ts';
import { compileContext } from '../context/compile-context.ts';
import { contextOutput } from '../context/context-output.ts';
import { readContextFiles } from '../context/read-files.ts';
import type { ReadContext } from '../context/read-files.ts';
import type { BuildRequest, BuildResult, ContextFiles } from './messages.ts';

/** Reads the files of a context and compiles them, all or nothing. */
export function buildContext({ settings, objects, previous, force }: BuildRequest): BuildResult {
  const started = performance.now();
  const read = readContextFiles(settings.files, objects);
  const files = { files: read.files, empty: read.empty };
  if (!force && previous !== undefined && sameFiles(read, previous)) return { kind: 'unchanged', ...files };
  if (previous !== undefined) refuseEmptied(read, previous);
  const { problems } = read;
  if (problems.count === 0) {
    const tables = compileContext(read.draft, contextOutput(settings.format, settings.keys), problems);
    if (problems.count === 0) return { kind: 'built', tables, tookMs: performance.now() - started, ...files };
  }
  return { kind: 'refused', problems: problems.list.map(({ message }) => message), count: problems.count, ...files };
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
