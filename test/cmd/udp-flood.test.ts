import { test } from 'node:test';
import { skipUnlessRoot } from '../support/requirements.ts';
import { udpFlood } from '../support/udp-flood.ts';

test(
  'S-03, S-04, S-09 forged sources over UDP: every exporter that is known is decoded, memory and series hold',
  skipUnlessRoot(),
  async (t) => {
    await udpFlood(t);
  },
);
