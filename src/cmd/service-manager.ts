import { loadLibc } from '../listen/libc.ts';
import { notifySocket } from './notify-socket.ts';

/**
 * Tells a service manager such as systemd how the program is doing: `sd_notify(3)`, datagrams on the socket that
 * `NOTIFY_SOCKET` names. Without that variable nothing is told, and nothing is loaded for it.
 *
 * Node.js has no datagram sockets of the Unix kind, so the C library sends, by the optional package `koffi`.
 *
 * @example
 * const service = await ServiceManager.connect(process.env, (text) => log.warn(text));
 * service.ready();
 */
export class ServiceManager {
  readonly #send: (state: string) => void;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(send: (state: string) => void) {
    this.#send = send;
  }

  /** @param warn told why a manager that waits for an answer gets none */
  static async connect(env: NodeJS.ProcessEnv, warn: (text: string) => void): Promise<ServiceManager> {
    const path = env['NOTIFY_SOCKET'] ?? '';
    // for this process alone: one that it might start has nothing to say
    delete env['NOTIFY_SOCKET'];
    if (path === '') return new ServiceManager(() => {});
    try {
      const service = new ServiceManager(notifySocket(await loadLibc(), path));
      service.#keepWatchdog(env);
      return service;
    } catch (error) {
      warn(`the service manager cannot be told (use Type=exec in the unit, without a watchdog): ${String(error)}`);
      return new ServiceManager(() => {});
    }
  }

  ready(): void {
    this.#send('READY=1');
  }

  /** What is read again takes effect with the next {@link ready}. */
  reloading(): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(): void {
    clearInterval(this.#watchdog);
    this.#send('STOPPING=1');
  }

  /**
   * A sign of life twice in the time that the manager waits. It is sent by the thread that looks after the others:
   * when that one stands still, nobody would replace a worker that hangs.
   */
  #keepWatchdog({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): void {
    const limitMs = Number(WATCHDOG_USEC) / 1000;
    if (!(limitMs > 0) || (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== process.pid)) return;
    this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), Math.max(1, limitMs / 2)).unref();
  }
}
