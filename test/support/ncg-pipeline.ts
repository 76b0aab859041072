/** The collector's part of compose/ncg, with the flags of its compose file and servers of this machine. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ChildProgram } from './child-program.ts';
import { CollectorProcess } from './collector-process.ts';
import { composeFile, generatorCommand } from './compose-file.ts';
import { NatsServer } from './nats-server.ts';
import { root } from './requirements.ts';

export const ncgFolder = join(root, 'compose/ncg');

const program = join(root, 'bin/goflow2plus');
const compose = composeFile('ncg');
const commandOf = (service: string) => [...compose.services[service]!.command!];

interface Panel {
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly rawSql?: string; readonly expr?: string }[];
}

export interface Query {
  readonly at: string;
  readonly text: string;
}

/** Queries of all dashboards to a data source. */
export function queriesTo(source: 'clickhouse' | 'prometheus'): Query[] {
  const files = readdirSync(join(ncgFolder, 'grafana/dashboards'));
  return files.flatMap((file) => {
    const text = readFileSync(join(ncgFolder, 'grafana/dashboards', file), 'utf8');
    const { panels } = JSON.parse(text) as { panels: Panel[] };
    return panels
      .filter(({ datasource }) => datasource.uid === source)
      .flatMap(({ title, targets }) =>
        targets.map(({ rawSql, expr }) => ({ at: `${file}: ${title}`, text: (rawSql ?? expr)! })),
      );
  });
}

export interface NcgPipeline {
  readonly server: NatsServer;
  readonly collector: CollectorProcess;
  /** What `nats init` has printed. */
  readonly printed: string;
  /** Starts the generator, with more flags. */
  readonly generate: (...flags: string[]) => ChildProgram;
}

/** Starts the services up to the collector; the stream is there, and the collector takes flows. */
export async function startNcg(t: TestContext, ...flags: string[]): Promise<NcgPipeline> {
  const server = await NatsServer.start(t);
  const there = `-transport.nats.servers=${server.url}`;
  const init = new ChildProgram(t, [process.execPath, program, ...commandOf('nats-init'), there]);
  await init.finished();
  const collector = new CollectorProcess(t, [
    ...commandOf('goflow2plus').map((flag) => flag.replace('/app/', `${root}/`)),
    there,
    '-listen=sflow://127.0.0.1:0,netflow://127.0.0.1:0',
    ...flags,
  ]);
  const listening = () => collector.log.filter(({ msg }) => msg === 'starting collection').length === 2;
  await collector.until(listening, 30_000);
  const generator = generatorCommand(compose, collector);
  return {
    server,
    collector,
    printed: init.stdout,
    generate: (...more) => new ChildProgram(t, [process.execPath, program, ...generator, ...more]),
  };
}
