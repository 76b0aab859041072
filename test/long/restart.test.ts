import { test } from 'node:test';
import { killsUnderWay } from '../support/kills.ts';

test('R-12, F-16 twenty kills: what was learned a second before decodes after it', async (t) => {
  await killsUnderWay(t, 20);
});
