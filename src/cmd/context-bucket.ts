import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/errors.ts';
import type { contextBucketOptions } from '../config/groups/context-bucket.ts';
import type { OptionValues } from '../config/option.ts';
import { parseYaml } from '../config/yaml/parse-yaml.ts';
import { writeYaml } from '../config/yaml/write-yaml.ts';
import { compileContext } from '../enrich/context/compile-context.ts';
import { contextOutput } from '../enrich/context/context-output.ts';
import type { KeyedObject } from '../enrich/context/json-document.ts';
import { documentOf, keyedObjects } from '../enrich/context/keyed-objects.ts';
import { readContextFiles } from '../enrich/context/read-files.ts';
import type { ContextDocument } from '../enrich/context/schema.ts';
import { Log } from '../log/log.ts';
import { bucketSettings } from '../transport/nats/from-options.ts';
import type { OpenBucket } from '../transport/nats/open-bucket.ts';

type Values = OptionValues<typeof contextBucketOptions>;

/** `goflow2plus context push FILE`: sets a key for each object of the file. What has its value already is left alone. */
export async function pushContext(file: string, values: Values): Promise<number> {
  const objects = objectsOfFile(file);
  const lines = await withBucket(values, true, async (bucket) => {
    const changed = objects.filter(({ key, text }) => bucket.values.get(key) !== text);
    const kept = new Set(objects.map(({ key }) => key));
    const gone = values.prune ? [...bucket.values.keys()].filter((key) => !kept.has(key)) : [];
    await bucket.change([
      ...changed.map(({ key, text }) => [key, text] as const),
      ...gone.map((key) => [key, undefined] as const),
    ]);
    return `${changed.length} keys set, ${gone.length} deleted, ${objects.length - changed.length} as they were`;
  });
  process.stdout.write(`${file}: ${lines}\n`);
  return 0;
}

/** `goflow2plus context pull`: prints the bucket as a file; 1 when it has values that are of no use. */
export async function pullContext(values: Values): Promise<number> {
  const objects = await withBucket(values, false, async (bucket) => {
    return [...bucket.values].map(([key, text]) => ({ key, text })).sort((a, b) => (a.key < b.key ? -1 : 1));
  });
  let problems = 0;
  const document = documentOf(objects, (problem) => {
    problems++;
    process.stderr.write(`${problem}\n`);
  });
  process.stdout.write(writeYaml(document));
  return problems === 0 ? 0 : 1;
}

/** @throws ConfigErrors with every mistake */
function objectsOfFile(file: string): KeyedObject[] {
  const { draft, problems } = readContextFiles([file], { objects: [] });
  compileContext(draft, contextOutput('json'), problems);
  problems.throwIfAny();
  for (const note of problems.notes) process.stderr.write(`${note}\n`);
  const tree = parseYaml(readFileSync(file), { file, code: 'GF_CONTEXT_FILE' });
  const document = (tree.value ?? {}) as ContextDocument;
  if ((document.networks_from ?? undefined) === undefined) return keyedObjects(tree, document);
  const why = 'bulk files are not pushed: a bucket has an object a key';
  throw new ConfigError('GF_CONTEXT_FILE', tree.place(['networks_from']), why);
}

async function withBucket<Result>(
  values: Values,
  create: boolean,
  use: (bucket: OpenBucket) => Promise<Result>,
): Promise<Result> {
  const option = 'context.nats.bucket';
  const settings = bucketSettings(values, option);
  if (settings === undefined) throw new ConfigError('GF_OPTION_VALUE', { option }, 'is needed: a name of a bucket');
  const log = new Log({ level: 'warn', format: 'normal' });
  const { openBucket } = await import('../transport/nats/open-bucket.ts');
  const bucket = await openBucket({ ...settings, create }, log.logger);
  try {
    return await use(bucket);
  } finally {
    await bucket.close();
    await log.close();
  }
}
