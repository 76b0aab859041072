import { ElementRegistry } from '#src/decode/elements/registry.js';
import type { Column } from '#src/flow/fields.js';
import type { CustomLayout } from '#src/flow/custom-fields.js';
import type { Format } from '#src/format/format.js';
import { formats } from '#src/format/formats.js';
import { PartitionKey } from '#src/format/key.js';
import { keyColumns, layoutOf, outputColumns } from '#src/mapping/apply.js';
import type { Mapping } from '#src/mapping/mapping.js';
import { parseMapping } from '#src/mapping/read-mapping.js';
import type { StoredDatagram } from './stored-datagram.ts';
import { WholeChain } from './whole-chain.ts';
import { written } from './written.ts';

let registry: ElementRegistry | undefined;
const elements = (): ElementRegistry => (registry ??= ElementRegistry.bundled());

/** A mapping file of this text, with its warnings. */
export const readText = (text: string, optional: readonly Column[] = []) =>
  parseMapping(new TextEncoder().encode(text), 'mapping.yaml', { elements, optional });

/** What a mapping file makes of datagrams: every way to write a message, compiled and interpreted. */
export class Mapped {
  readonly mapping: Mapping;
  readonly layout: CustomLayout;

  constructor(text: string) {
    this.mapping = readText(text).mapping;
    this.layout = layoutOf(this.mapping);
  }

  format(name: string, codegen = true): Format {
    const { mapping, layout } = this;
    const custom = layout.fields.length === 0 ? undefined : layout;
    return formats.get(name)!({ columns: outputColumns(mapping, layout), custom, codegen });
  }

  chain(onFlow: ConstructorParameters<typeof WholeChain>[0], codegen = true): WholeChain {
    return new WholeChain(onFlow, { mapping: { ...this.mapping, layout: this.layout }, codegen });
  }

  /** The messages of datagrams, in the order of their flows. */
  messages(name: string, datagrams: readonly StoredDatagram[], codegen = true): Uint8Array[] {
    const format = this.format(name, codegen);
    const out: Uint8Array[] = [];
    const chain = this.chain((flow) => out.push(written(format, flow)), codegen);
    for (const datagram of datagrams) chain.take(datagram);
    return out;
  }

  /** The same as text. */
  lines(name: 'json' | 'text', datagrams: readonly StoredDatagram[], codegen = true): string[] {
    return this.messages(name, datagrams, codegen).map((octets) => Buffer.from(octets).toString());
  }

  /** Partition keys of the flows, in hexadecimal digits. */
  keys(datagrams: readonly StoredDatagram[]): string[] {
    const key = new PartitionKey(keyColumns(this.mapping.key, this.layout));
    const out: string[] = [];
    const chain = this.chain((flow) => out.push(key.hash(flow).toString(16).padStart(8, '0')));
    for (const datagram of datagrams) chain.take(datagram);
    return out;
  }
}
