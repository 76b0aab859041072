import { Cursor } from '../../decode/cursor.ts';
import { decodeValue } from '../../decode/elements/decode-value.ts';
import type { ElementRegistry } from '../../decode/elements/registry.ts';
import type { SetView, TemplatedPacket } from '../../decode/packet.ts';
import { RecordWalker } from '../../decode/templates/records.ts';
import type { Template, TemplateField } from '../../decode/templates/template.ts';
import type { Datagram } from '../../listen/datagram.ts';
import type { RawObject, RawValue } from './json-text.ts';
import { octetsText } from './structure.ts';
import { templateRecords } from './template-records.ts';

/** Scopes of NetFlow v9, a number space of their own (RFC 3954 section 6.1). */
const v9Scopes = ['', 'system', 'interface', 'lineCard', 'cache', 'template'];

/** NetFlow v9 and IPFIX datagrams with all that was in them, known here or not. */
export class TemplatedMessages {
  readonly #names: ElementRegistry | undefined;
  readonly #cursor = new Cursor();
  readonly #walker = new RecordWalker();

  /** @param names gives each value the name of its element and the value by its type, beside the octets */
  constructor(names: ElementRegistry | undefined) {
    this.#names = names;
  }

  message(packet: TemplatedPacket, datagram: Datagram): RawObject {
    const sets = packet.sets.slice(0, packet.setCount).map((set) => this.#set(packet, set, datagram));
    if (packet.version === 10) {
      return {
        version: 10,
        length: packet.length,
        'export-time': packet.exportSeconds,
        'sequence-number': packet.sequence,
        'observation-domain-id': packet.domain,
        'flow-sets': sets,
      };
    }
    return {
      version: 9,
      count: packet.count,
      'system-uptime': packet.sysUptimeMs,
      'unix-seconds': packet.exportSeconds,
      'sequence-number': packet.sequence,
      'source-id': packet.domain,
      'flow-sets': sets,
    };
  }

  #set(packet: TemplatedPacket, set: SetView, datagram: Datagram): RawObject {
    const head = { id: set.id, length: set.length };
    const cursor = this.#cursor;
    cursor.reset(datagram.bytes, datagram.view, set.at, set.end);
    switch (set.kind) {
      case 'template':
      case 'options_template':
        return { ...head, records: templateRecords(cursor, packet.version, set.kind === 'options_template') };
      case 'data':
      case 'options_data':
        return { ...head, records: this.#records(set, set.template!, datagram) };
      case 'skipped':
        // Held for its template, and shown when that is there; or of an id that means nothing: its octets then.
        if (set.id >= 256) return { ...head, records: [] };
        cursor.take(set.end - set.at);
        return { ...head, data: octetsText(cursor, set.end - set.at) };
    }
  }

  #records(set: SetView, template: Template, datagram: Datagram): RawValue[] {
    const list: RawValue[] = [];
    const walker = this.#walker;
    walker.begin(datagram, template, set.at, set.end);
    for (let i = 0; i < set.records && walker.next(); i++) {
      const values = template.fields.map((field, f) => this.#value(template, field, f, datagram));
      const scopes = template.scopeCount;
      if (!template.options) list.push({ values });
      else list.push({ 'scope-values': values.slice(0, scopes), 'option-values': values.slice(scopes) });
    }
    return list;
  }

  #value(template: Template, field: TemplateField, index: number, datagram: Datagram): RawObject {
    const { id, pen } = field;
    const at = this.#walker.offsets[index]!;
    const length = this.#walker.lengths[index]!;
    const cursor = this.#cursor;
    cursor.reset(datagram.bytes, datagram.view, at, at + length);
    cursor.take(length);
    const value = { 'pen-provided': pen !== 0, type: id, pen, value: octetsText(cursor, length) };
    if (this.#names === undefined) return value;
    if (template.version === 9 && index < template.scopeCount) return { ...value, name: v9Scopes[id] ?? `scope${id}` };
    const element = this.#names.find(pen, id);
    if (element === undefined) return value;
    return { ...value, name: element.name, decoded: decodeValue(element.type, cursor, length) };
  }
}
