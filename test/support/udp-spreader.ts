import type { RemoteInfo, Socket } from 'node:dgram';
import type { TestContext } from 'node:test';
import { Random } from '#src/simulate/random.js';
import { bindUdp, closeUdp } from '#src/simulate/udp-sockets.js';

/**
 * What stands in front of several collectors: each datagram goes to any of those that are in turn, whoever it is from
 * (in strict turn, exporters that send in turn too would stay with one collector each). The collectors see the address
 * of the exporter, and a port that it keeps.
 */
export class UdpSpreader {
  /** Ports of this machine that are in turn. */
  targets: readonly number[] = [];
  readonly #inlet: Socket;
  readonly #outlets = new Map<string, Promise<Socket>>();
  readonly #random = new Random(17, 0, 0);
  /** Datagrams that came, and those that the kernel has taken since. */
  received = 0;
  sent = 0;

  private constructor(inlet: Socket) {
    this.#inlet = inlet;
    inlet.setRecvBufferSize(8 * 1024 * 1024);
    inlet.on('message', (payload, from) => void this.#pass(payload, from));
  }

  static async start(t: Pick<TestContext, 'after'>): Promise<UdpSpreader> {
    const spreader = new UdpSpreader(await bindUdp({ address: '127.0.0.1', port: 0 }));
    t.after(() => spreader.#stop());
    return spreader;
  }

  get port(): number {
    return this.#inlet.address().port;
  }

  async #stop(): Promise<void> {
    await closeUdp(this.#inlet);
    for (const outlet of await Promise.all(this.#outlets.values())) await closeUdp(outlet);
  }

  async #pass(payload: Uint8Array, { address, port }: RemoteInfo): Promise<void> {
    this.received++;
    const target = this.targets[this.#random.below(this.targets.length)]!;
    const source = `${address} ${port}`;
    const open = this.#outlets.get(source) ?? bindUdp({ address, port: 0 });
    this.#outlets.set(source, open);
    const outlet = await open;
    outlet.send(payload, target, '127.0.0.1', () => this.sent++);
  }
}
