import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Octets in use after a full collection, on the heap and in buffers beside it. */
export function memoryUsed(): number {
  collectGarbage();
  collectGarbage(); // the memory of buffers goes with the collection after the one that found them unused
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
