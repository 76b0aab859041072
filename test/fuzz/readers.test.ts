import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../fuzz/random.ts';
import { examineReader, hostileText, octetsOf, readers } from '../../fuzz/readers.ts';

for (const reader of readers) {
  test(`S-01 ${reader.name}: hostile octets are read, or refused with an error of ours`, () => {
    for (const seed of reader.seeds) reader.read(octetsOf(seed));
    const random = new Random(3);
    for (let i = 0; i < 400; i++) {
      const octets = hostileText(reader, random);
      assert.equal(examineReader(reader, octets), undefined, Buffer.from(octets).toString('base64'));
    }
  });
}
