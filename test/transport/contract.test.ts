/** What every transport promises, whatever it writes to: the contract in `src/transport/transport.ts`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { natsOptions } from '#src/config/groups/nats.js';
import { defaultValues } from '#src/config/option.js';
import { Counters } from '#src/metrics/counters.js';
import { buildTransport } from '#src/pipeline/transports.js';
import * as natsParts from '#src/pipeline/nats-parts.js';
import { testTransport } from '#src/testing/index.js';
import type { TransportSubject } from '#src/testing/index.js';
import { natsSettings } from '#src/transport/nats/from-options.js';
import { NatsServer, natsServerMissing } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function make(name: string, path: string, url: string): TransportSubject {
  const counters = new Counters();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const options = {
    name,
    file: { path, separator: '\n' },
    nats: natsSettings({
      ...defaultValues(natsOptions),
      'transport.nats.servers': [url],
      'transport.nats.stream.max_bytes': 1024 ** 3,
    }),
  };
  return { transport: buildTransport(options, 'json', { counters, log, onGone: assert.fail }, natsParts), counters };
}

testTransport('file', (t) => Promise.resolve(make('file', join(temporaryFolder(t), 'flows'), '')));
testTransport('nats', async (t) => make('nats', '', (await NatsServer.start(t)).url), { skip: natsServerMissing });
