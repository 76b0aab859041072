/**
 * Exporters that encode NetFlow v5, NetFlow v9, IPFIX and sFlow v5: for tests, the demonstration and load.
 *
 * `Traffic` makes flows, an exporter makes datagrams of them, `PacedSender` sends these, `UdpRelay` loses some on the way.
 */
export { FixedExporter } from './exporter-fixed.ts';
export { TemplatedExporter } from './exporter-templated.ts';
export { SFlowExporter } from './exporter-sflow.ts';
export type { ExporterAccount, SimulatedExporter } from './exporter.ts';
export type { SimulatedFlow } from './simulated-flow.ts';
export { Traffic } from './traffic.ts';
export { PacedSender } from './sender.ts';
export { UdpRelay } from './relay.ts';
export { Impairment } from './impairment.ts';
export { Fleet } from './fleet.ts';
export type { FleetOptions, FleetReport } from './fleet.ts';
export { repeated } from './repeat.ts';
