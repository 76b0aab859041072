// A reporter that ends the process at the first test that fails: a planted fault needs to be found once.
import { writeSync } from 'node:fs';

// oxlint-disable-next-line require-yield -- what a reporter yields may be lost when the process ends
export default async function* firstFailure(source) {
  for await (const event of source) {
    if (event.type !== 'test:fail') continue;
    writeSync(1, `${event.data.name}\n`);
    process.exit(1);
  }
}
