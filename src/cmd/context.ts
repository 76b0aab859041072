import { checkChoices } from '../config/choices.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { contextBucketOptions } from '../config/groups/context-bucket.ts';
import { contextExplainOptions } from '../config/groups/context-explain.ts';
import { usageText } from '../config/usage.ts';
import { compileContext } from '../enrich/context/compile-context.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import { readContextFiles } from '../enrich/context/read-files.ts';
import { pullContext, pushContext } from './context-bucket.ts';
import { explainContext } from './context-explain.ts';

const contextCommandOptions = { ...contextExplainOptions, ...contextBucketOptions };

/**
 * `goflow2plus context check FILE...` tells whether files can be used together, with the place of each mistake;
 * `goflow2plus context explain IP` shows what they say of an address, and why; `context push FILE` and `context pull`
 * write and read the bucket that collectors follow.
 */
export async function contextCommand(argv: readonly string[]): Promise<number> {
  const program = 'goflow2plus context';
  const { values, positional, help } = parseFlags(contextCommandOptions, argv, { program, anywhere: true });
  const usage = usageText(program, contextCommandOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  const [task, ...rest] = positional;
  const files = values['context.config'];
  if (task === 'check' && rest.length + files.length > 0) return check([...files, ...rest]);
  const isTold = files.length > 0 || values.state !== '';
  if (task === 'explain' && rest.length === 1 && isTold) return explainContext(rest[0]!, files, values);
  checkChoices(contextBucketOptions, values);
  if (task === 'push' && rest.length === 1) return pushContext(rest[0]!, values);
  if (task === 'pull' && rest.length === 0) return pullContext(values);
  const forms = 'goflow2plus context takes check FILE..., explain IP -context.config FILE,..., push FILE or pull';
  throw new FlagError('GF_FLAG_SUBCOMMAND', forms, usage);
}

/** @throws ContextError with every mistake, a line each */
function check(files: readonly string[]): number {
  const { draft, problems } = readContextFiles(files);
  const tables = compileContext(draft, contextOutput('json'), problems);
  problems.throwIfAny();
  const { networks, exporters, applications } = tables;
  const counts = `${networks.prefixes} networks, ${exporters.prefixes} exporters, ${applications.rules} applications`;
  process.stdout.write(`${files.join(', ')}: ${counts}\n`);
  return 0;
}
