import type { Meter } from '@opentelemetry/api';
import type { Collector } from 'goflow2plus';
import { counterTable } from 'goflow2plus/metrics';

/**
 * Every counter of a collector as an observable counter of OpenTelemetry: `goflow2plus.datagrams_received`, and what is
 * counted by reason with the attribute `reason`. They are read when the meter's reader asks.
 */
export function observeCollector(meter: Meter, collector: Collector): void {
  const names = [...new Set(counterTable.map(({ name }) => name.split(':')[0]!))];
  const counters = new Map(names.map((name) => [name, meter.createObservableCounter(`goflow2plus.${name}`)]));
  meter.addBatchObservableCallback(
    (result) => {
      for (const [name, value] of Object.entries(collector.counters().snapshot())) {
        const [counter = '', reason] = name.split(':');
        const instrument = counters.get(counter);
        if (instrument !== undefined) result.observe(instrument, value, reason === undefined ? {} : { reason });
      }
    },
    [...counters.values()],
  );
}
