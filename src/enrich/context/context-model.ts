import { CONTEXT_PARTS, ContextPart } from '../../flow/flow-context.ts';
import type { FragmentBank } from '../../flow/flow-context.ts';
import { Applications } from './application-table.ts';
import type { ContextTables } from './compile-context.ts';
import { Exporters } from './exporter-table.ts';
import { Networks } from './network-table.ts';

/** A generation of the context, for lookups. Nothing in it changes. */
export class ContextModel {
  readonly networks: Networks;
  readonly exporters: Exporters;
  readonly applications: Applications;
  /** The bank of each part of a flow's context. */
  readonly banks: readonly FragmentBank[];
  /** Whether it tells of anything on which side of the boundary it is: without that no flow has a direction. */
  readonly bounded: boolean;
  /** Whether it tells of nothing but networks. */
  readonly networksOnly: boolean;

  constructor({ networks, exporters, applications }: ContextTables) {
    this.networks = new Networks(networks);
    this.exporters = new Exporters(exporters);
    this.applications = new Applications(applications);
    this.bounded = this.networks.bank.bounded || this.exporters.bank.bounded;
    this.networksOnly = !this.bounded && this.exporters.prefixes === 0 && this.applications.rules === 0;
    this.banks = Array.from({ length: CONTEXT_PARTS }, (_, part) => {
      if (part >= ContextPart.application) return this.applications.bank;
      return part >= ContextPart.exporter ? this.exporters.bank : this.networks.bank;
    });
  }
}
