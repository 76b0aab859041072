import { readProgramFile } from './program-files.ts';

const manifest = JSON.parse(readProgramFile('package.json')) as {
  readonly version: string;
};

/** Version of this package. */
export const version: string = manifest.version;

/** What `-v` prints, with the name that the Go program prints: `GoFlow2 <version> <buildinfos>`. */
export function versionLine(program = 'GoFlow2'): string {
  return `${program} ${version} (Node.js ${process.version}, ${process.platform} ${process.arch})`;
}
