// Writes all generated pages: `node tools/generate-docs.mjs`, after a build.
// Each module of tools/docs exports `pages`, a list of `{ file, render() }`; `file` is a path below the root.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../..');

for (const name of readdirSync(join(root, 'tools/docs')).sort()) {
  if (!name.endsWith('.mjs')) continue;
  const { pages } = await import(pathToFileURL(join(root, 'tools/docs', name)).href);
  for (const { file, render } of pages) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await render());
  }
}
