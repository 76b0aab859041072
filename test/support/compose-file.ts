import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
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
