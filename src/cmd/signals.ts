import type { Collector } from '../collector.ts';
import { errorFields } from '../log/logger.ts';
import type { Logger } from '../log/logger.ts';
import type { ServiceManager } from './service-manager.ts';

/**
 * SIGHUP reopens the output and reads again what can be; SIGTERM and SIGINT stop, a second one at once, with the books
 * told all the same.
 */
export function onSignals(collector: Collector, log: Logger, service: ServiceManager): void {
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) {
      log.error('stopped again: ending at once', { signal, ...collector.counters().snapshot() });
      process.exit(1);
    }
    asked = true;
    service.stopping();
    void collector.stop({ exitCode: 0, reason: signal });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {
    service.reloading();
    void collector.reload().finally(() => service.ready());
  });
}

/**
 * A fault of ours that nothing caught: told once, and the program ends in good order for whoever starts it again,
 * rather than run on in a state that nobody knows (F-21).
 */
export function onFaults(collector: Collector, log: Logger, service: ServiceManager): void {
  let told = false;
  const end = (fault: unknown): void => {
    if (told) return;
    told = true;
    const stack = fault instanceof Error ? fault.stack : undefined;
    log.error('fault of the program, ending', { ...errorFields(fault), stack });
    service.stopping();
    void collector.stop({ exitCode: 1, reason: 'a fault of the program' });
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
