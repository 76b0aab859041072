import { statSync } from 'node:fs';

/** What tells one state of a file from another without reading it: which one it is, its size, when it was written. */
export function fileAppearance(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'none';
  }
}
