import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CollectorProcess } from './collector-process.ts';
import { root } from './requirements.ts';

export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const pipelines = ['ncg', 'elk'] as const;

/** `compose/NAME/compose.yaml`. */
export function composeFile(name: string): ComposeFile {
  return parse(readFileSync(join(root, 'compose', name, 'compose.yaml'), 'utf8')) as ComposeFile;
}

/** The command of the generator of a pipeline, which sends to this collector. */
export function generatorCommand({ services }: ComposeFile, { log }: CollectorProcess): string[] {
  const portOf = (scheme: string) => log.find((line) => line['scheme'] === scheme)!['port'] as number;
  return services['generator']!.command!.map((flag) =>
    flag
      .replace('goflow2plus:2055', `127.0.0.1:${portOf('netflow')}`)
      .replace('goflow2plus:6343', `127.0.0.1:${portOf('sflow')}`),
  );
}
