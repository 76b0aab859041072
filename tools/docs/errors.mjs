// docs/errors.md: the codes of errors from src/config/errors.ts, and the reasons from src/metrics/reasons.ts.
import { errorCatalogue } from '../../dist/config/errors.js';
import * as reasonLists from '../../dist/metrics/reasons.js';
import { code, page, table } from '../markdown.mjs';

/** Lists of reasons by the name that they are exported under. */
const reasons = new Map(Object.entries(reasonLists));

/** Title and meaning of each list of reasons. */
const lists = {
  datagramDrops: [
    'Datagrams dropped before decoding',
    'A datagram that was received and never reached a decoder. `pool_full` and `queue_full` say that the output, or the machine, is slower than the input.',
  ],
  failures: ['Datagrams discarded by a decoder', 'Nothing of such a datagram comes out: no flow and no template.'],
  unsupportedVersions: [
    'Versions that are not decoded',
    'The failure `unsupported_version`, told apart by what the version is known as.',
  ],
  skips: ['Sets and samples skipped', 'The rest of the datagram is decoded.'],
  recordDrops: ['Records without a flow message', 'Records that were decoded and are not in the output.'],
  flowDrops: ['Flow messages not delivered', 'Flow messages that were produced and did not reach the output whole.'],
  sequencedProtocols: [
    'Sequence numbers',
    'What is counted as missed, reordered, duplicate, stray or begun anew (`sequence_*`), and in which unit it is missed.',
  ],
  publishFailures: [
    'Messages that JetStream did not acknowledge',
    'Counted each time a message was sent. It is sent again with the same id until it is acknowledged, or dropped under one of the reasons above; only a message that is too large is dropped at once.',
  ],
  messageRefusals: [
    'Messages that the enricher could not take',
    'Messages in its input; it ends with exit code 1 after any of them.',
  ],
  notices: ['Notices', 'What was odd and cost nothing but itself. The datagram was decoded all the same.'],
};

function render() {
  for (const name of reasons.keys()) {
    if (!(name in lists))
      throw new Error(`src/metrics/reasons.ts has a list that tools/docs/errors.mjs lacks: ${name}`);
  }
  const errors = Object.entries(errorCatalogue).map(([name, { exitCode, meaning }]) => [
    code(name),
    String(exitCode),
    meaning,
  ]);
  const sections = Object.entries(lists).flatMap(([name, [title, about]]) => [
    `## ${title}`,
    about,
    table(
      ['reason', 'meaning'],
      Object.entries(reasons.get(name)).map(([reason, meaning]) => [code(reason), meaning]),
    ),
  ]);
  return page(
    '# Errors and reasons',
    'Every code of an error, and every reason under which something is counted. This page is made from ' +
      '`src/config/errors.ts` and `src/metrics/reasons.ts`: `npm run generate`.',
    'Errors stop the start of the program, or a part of it. Bad input from the network never does: it is counted ' +
      'under one of the reasons below, and a limited number of log lines tells of it.',
    '## Error codes',
    'A code stays what it is from release to release; the words of a message may change. A message names the option ' +
      '(`-listen: ...`) or the place in a file (`file:line:column: path: ...`) that it is about. ' +
      'The exit code is what the program ends with when the error stops its start.',
    table(['code', 'exit code', 'meaning'], errors),
    ...sections,
  );
}

export const pages = [{ file: 'docs/errors.md', render }];
