import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so; throws when it is not after 5 s. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  otherwise: () => string = () => 'what was waited for did not come',
): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(otherwise());
    await sleep(2);
  }
}
