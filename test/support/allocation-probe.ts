/**
 * Run as a process of its own with a young generation that no collection touches: prints how many octets of heap the
 * chain takes for a flow of a protocol in a format, its arguments, once it is warm. A collector has one writer, and so
 * has this: several side by side can keep the engine from optimising the last of them. A third argument that is
 * `interpreted` has no code generated.
 */
import { memoryUsage } from 'node:process';
import { FlowChain, usualDatagrams } from './flow-chain.ts';

const [protocol, format = '', mode] = process.argv.slice(2);
const chain = new FlowChain(usualDatagrams[protocol as keyof typeof usualDatagrams](), {
  format,
  codegen: mode !== 'interpreted',
});

// The compiler works beside, and on a busy machine comes late: of several measurements the least is the warm one.
let least = Infinity;
for (let round = 0; round < 5 && least > 4; round++) {
  for (let i = 0; i < 40; i++) chain.turn();
  const [flowsBefore, heapBefore] = [chain.flows, memoryUsage().heapUsed];
  for (let i = 0; i < 10; i++) chain.turn();
  const [flowsAfter, heapAfter] = [chain.flows, memoryUsage().heapUsed];
  least = Math.min(least, (heapAfter - heapBefore) / (flowsAfter - flowsBefore));
}
console.log(least);
