import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { CollectorProcess } from '../support/collector-process.ts';
import { ContextCollector } from '../support/context-collector.ts';

/** A web server with a document. */
class DocumentServer {
  text = '';
  status = 200;
  /** Status of each answer. */
  readonly answers: number[] = [];
  url = '';

  static async start(t: TestContext, text: string): Promise<DocumentServer> {
    const documents = new DocumentServer();
    documents.text = text;
    const server = createServer((request, response) => {
      const etag = `"${Buffer.from(documents.text).toString('base64').slice(0, 40)}"`;
      const isSame = documents.status === 200 && request.headers['if-none-match'] === etag;
      response.statusCode = isSame ? 304 : documents.status;
      documents.answers.push(response.statusCode);
      response.setHeader('etag', etag);
      response.end(isSame || documents.status !== 200 ? '' : documents.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    documents.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/context`;
    return documents;
  }
}

const networks = (name: string, cidr = '10.1.0.0/24') => JSON.stringify({ networks: [{ name, cidr }] });

test('a context by HTTP: from the first flow on, changed, the same, refused, away; files are over it', async (t) => {
  const server = await DocumentServer.start(t, networks('one'));
  const flags = ['-context.http.url', server.url, '-context.http.interval=100ms'];
  const file = 'networks: [{ name: file, cidr: 10.9.0.0/24 }]\napplications: [{ name: a, port: 1, network: later }]\n';
  const collector = new ContextCollector(t, file, flags);
  const groupOf = async (source: string) =>
    ((await collector.contextOf(source)) as Record<string, string>)['source_group'];
  const becomes = async (source: string, group: string | undefined) => {
    const deadline = performance.now() + 30_000;
    let now;
    while ((now = await groupOf(source)) !== group && performance.now() < deadline);
    assert.equal(now, group, collector.process.stderr);
  };
  assert.equal(await groupOf('10.1.0.1'), 'one', 'there is a context before the first flow');
  assert.equal(await groupOf('10.9.0.1'), 'file');
  await collector.process.until(() => server.answers.includes(304), 30_000);
  server.text = networks('two', '10.0.0.0/8');
  await becomes('10.1.0.1', 'two');
  assert.equal(await groupOf('10.9.0.1'), 'file');

  server.text = 'networks:\n  - { name: bad, cidr: 10.0.0.0/99 }\n';
  const refused = 'the document of the URL of the context cannot be used, going on with the one before';
  assert.match(String((await collector.logged(refused))['problem']), /\/context:2:24: networks\.0\.cidr: /);
  assert.equal(await groupOf('10.1.0.1'), 'two');
  server.text = 'networks_from: [{ file: /etc/passwd }]\n';
  assert.match(String((await collector.logged(refused, 2))['problem']), /:1:16: networks_from: only files name bulk/);
  server.status = 500;
  const away = 'the URL of the context does not answer, going on with what it has said';
  assert.equal((await collector.logged(away))['detail'], 'answered 500');
  assert.equal(await groupOf('10.1.0.1'), 'two');
  server.status = 200;
  server.text = networks('three');
  await becomes('10.1.0.1', 'three');
  assert.equal((await collector.process.stop()).code, 0);
  assert.equal(collector.process.log.filter(({ msg }) => msg === refused).length, 2, 'each one is told once');
});

test('a start without the web server goes on, and says so; a URL that cannot be asked ends it', async (t) => {
  const server = await DocumentServer.start(t, '');
  server.status = 503;
  const collector = new ContextCollector(t, 'networks: []\n', ['-context.http.url', server.url]);
  assert.deepEqual(await collector.contextOf('10.1.0.1'), {});
  await collector.logged('the URL of the context has not answered yet, starting without');
  assert.equal((await collector.process.stop()).code, 0);
  for (const [flag, error] of [
    ['-context.http.url=ftp://x/', /http: or https: is expected/],
    ['-context.http.url=nowhere', /"nowhere" is no URL/],
    ['-context.http.url=http://u:p@x/', /a password in it would be seen/],
  ] as const) {
    const refused = new CollectorProcess(t, [flag]);
    assert.equal((await refused.ended).code, 1);
    assert.match(refused.stderr, error);
  }
});
