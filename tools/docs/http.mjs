// docs/http.md: the paths of the HTTP server, from src/http/routes.ts, and its limits.
import { httpLimits } from '../../dist/http/http-server.js';
import { aboutRoutes } from '../../dist/http/routes.js';
import { code, page, table } from '../markdown.mjs';

const seconds = (ms) => `${ms / 1000} s`;

function render() {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveMs, maxHeaderBytes, maxConnections, maxPerAddress } = httpLimits;
  return page(
    '# HTTP',
    'One plain HTTP server on the address of `-addr`, by default `:8080`; with an empty `-addr=` there is none. ' +
      'It answers GET and HEAD. This page is made from `src/http`: `npm run generate`.',
    table(
      ['path', 'shown to', 'answer'],
      aboutRoutes('/templates').map(([path, { details, about }]) => [
        code(path),
        details ? 'this machine' : 'anybody',
        about,
      ]),
    ),
    'What is shown to this machine alone (127.0.0.0/8 and ::1) is shown to anybody with `-http.details=any`. ' +
      'There is no password and no TLS: put a proxy in front where others than your own can reach the port.',
    '## Health',
    '`/live` is 503 only while the program starts or stops, so that a probe never ends a collector that goes on ' +
      'receiving while its output is away. `/ready` is 503 whenever what comes in is not delivered, and says why.',
    '## Exporters',
    '`/exporters` has for each exporter: when it was seen first and last; datagrams by protocol, octets and flows, and ' +
      'what of them came a second since the look before; what its sequence numbers tell (`missed`, `reordered`, ' +
      '`duplicate`, `stray`, `reset`); datagrams that were dropped or could not be decoded; how long its datagrams take ' +
      '(`export_delay`, seconds) and how far its clock is behind ours (`clock_skew`, the least delay of the last two ' +
      'minutes); its templates and streams; and, under `problems`, what is wrong in plain words.',
    'A stream is what has sequence numbers of its own: an engine of NetFlow v5, a source id of v9, an observation domain ' +
      'of IPFIX, a sub-agent of sFlow.',
    '## Context',
    '`/context` has the generation in use with its age and size, each source (files, the bucket) with its size and the age ' +
      'of its last change, and under `problems` what is not used and why, a line each. `/context/lookup?addr=ADDRESS` ' +
      'has every entry that the address lies in, with its place, what it says, and which of that is used; ' +
      '`&exporter=ADDRESS` adds an exporter, with `&ifindex=NUMBER` and `&vrf=NUMBER` of it, `&proto=tcp&port=22` the ' +
      'application. With an exporter, `learned` has the names that it has told, or those of the interface and the VRF that ' +
      'are asked for. The files are read again for it, ' +
      'by a thread of their own, one question after the other. Without a context both are 404.',
    '## Books',
    '`/accounting` has every counter that is not zero, and the identities between them. Whenever nothing is being ' +
      'worked on, `imbalance` is 0: whatever came in was delivered, is held, or is counted under a reason. ' +
      '[errors.md](errors.md) says what the reasons mean.',
    '## Limits',
    table(
      ['what', 'limit'],
      [
        ['the header of a request', `${maxHeaderBytes / 1024} KiB, within ${seconds(headersTimeoutMs)}`],
        ['a request', seconds(requestTimeoutMs)],
        ['a connection that asks nothing', seconds(keepAliveMs)],
        ['connections', `${maxConnections}, of one address ${maxPerAddress}`],
        ['a body', 'none: 413, and the connection is closed'],
      ],
    ),
  );
}

export const pages = [{ file: 'docs/http.md', render }];
