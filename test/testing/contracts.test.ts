/** Our own formats, decoders and enrichers, examined like anybody's; transports are in test/transport/contract.test.ts. */
import { createDecoder } from '#src/decode/create-decoder.js';
import { formats } from '#src/format/formats.js';
import { Counters } from '#src/metrics/counters.js';
import { Scaling } from '#src/produce/scaling.js';
import { sampleDatagrams, testDecoder, testEnricher, testFormat } from '#src/testing/index.js';

for (const [name, create] of formats) {
  for (const codegen of [true, false]) testFormat(`${name}, codegen ${codegen}`, () => create({ codegen }));
}
testDecoder('all protocols', () => createDecoder(), sampleDatagrams());
testEnricher('scaling', () => new Scaling(new Counters()));
