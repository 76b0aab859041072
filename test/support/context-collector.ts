import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { encodeNetFlowV5 } from '#src/simulate/netflow-fixed.js';
import type { NetFlowV5Record } from '#src/simulate/netflow-fixed.js';
import { CollectorProcess, sendTo } from './collector-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test says of a flow; the rest does not matter to it. */
export type FlowOf = Partial<NetFlowV5Record> & { readonly source: string; readonly destination: string };

/** A NetFlow v5 datagram with these flows. */
export function v5Of(flows: readonly FlowOf[], samplingInterval = 0, sequence = 0): Uint8Array {
  const rest = { packets: 2, octets: 1000, first: 0, last: 0, protocol: 6 };
  const header = { sysUptimeMs: 0, unixSeconds: 1_700_000_000, sequence, samplingInterval };
  return encodeNetFlowV5(
    header,
    flows.map((flow) => ({ ...rest, ...flow })),
  );
}

/** A collector whose context is in a file of its own folder. */
export class ContextCollector {
  readonly folder: string;
  readonly path: string;
  readonly process: CollectorProcess;

  constructor(t: TestContext, context: string, args: readonly string[] = []) {
    this.folder = temporaryFolder(t);
    this.path = join(this.folder, 'context.yaml');
    this.write(context);
    this.process = new CollectorProcess(t, [
      '-listen',
      'netflow://127.0.0.1:0',
      ...(args.some((arg) => arg.startsWith('-context.config')) ? [] : ['-context.config', this.path]),
      ...args,
    ]);
  }

  write(context: string): void {
    writeFileSync(this.path, context);
  }

  /** Sends flows in a datagram of their own; gives the messages that they become. */
  async messagesOf(flows: readonly FlowOf[], samplingInterval = 0): Promise<Record<string, unknown>[]> {
    const [port] = await this.process.ports();
    const before = this.process.flowCount;
    await sendTo(port!, [v5Of(flows, samplingInterval)]);
    await this.process.until(() => this.process.flowCount >= before + flows.length);
    return this.process.flows.slice(before);
  }

  /** The context of one flow. */
  async contextOf(source: string, destination = '203.0.113.1'): Promise<unknown> {
    const [message] = await this.messagesOf([{ source, destination }]);
    return message!['context'];
  }

  /** Waits until a line of the log has this message, `count` times. */
  async logged(msg: string, count = 1): Promise<Record<string, unknown>> {
    const lines = () => this.process.log.filter((line) => line.msg === msg);
    await this.process.until(() => lines().length >= count);
    return lines()[count - 1]!;
  }
}
