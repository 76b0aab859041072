import { VARIABLE } from '../../decode/templates/template.ts';
import type { Template } from '../../decode/templates/template.ts';
import { column, slotOf } from '../../flow/fields.ts';
import type { ColumnName } from '../../flow/fields.ts';
import { MAX_NUMBER, numberSlot } from '../mapped/destinations.ts';
import type { ElementMappings, MappedElement } from '../mapped/element-mappings.ts';
import { elementMap } from './element-map.ts';
import type { ElementRow, Reader } from './element-map.ts';
import { OpWriter } from './op-writer.ts';
import type { PlacedField } from './op-writer.ts';
import { Duration, Op, Register } from './plan.ts';
import type { PacketSection, Plan } from './plan.ts';
import { RegisterWriter } from './registers.ts';
import { TemplateFields } from './template-fields.ts';

const ETYPE = slotOf('etype');
const SAMPLING_RATE = slotOf('sampling_rate');
const PROTO = slotOf('proto');
const ICMP_TYPE = slotOf('icmp_type');
const ICMP_CODE = slotOf('icmp_code');
const MPLS_LABEL = slotOf('mpls_label');
const MPLS_IP = slotOf('mpls_ip');
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const ICMPV6 = 58;

/** Enterprise number of reverse elements (RFC 5103 section 6.1). */
const REVERSE = 29_305;

/** Elements of one end of a flow: a record with one of them says which direction is which. */
const directional = new Set([
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 27, 28, 29, 30, 44, 45, 56, 57, 58, 59, 80, 81, 169, 170, 180, 181, 182, 183,
  225, 226, 227, 228, 243, 252, 253, 254,
]);

/** Whether a template has reverse elements but none that tells the direction (RFC 5103 section 4). */
function lacksDirection({ fields }: Template): boolean {
  return fields.some(({ pen }) => pen === REVERSE) && !fields.some(({ pen, id }) => pen === 0 && directional.has(id));
}

/** Columns whose elements are chosen by the template alone: rows in the order of their rank. */
const plainColumns = groupPlainColumns();

function groupPlainColumns(): Map<ColumnName, ElementRow[]> {
  const apart = new Set<ColumnName>(['src_net', 'dst_net', 'icmp_type', 'icmp_code']);
  const groups = new Map<ColumnName, ElementRow[]>();
  for (const row of elementMap) {
    if (apart.has(row.column) || !['unsigned', 'mac', 'fragment_flags', 'application'].includes(row.read)) continue;
    groups.set(
      row.column,
      [...(groups.get(row.column) ?? []), row].sort((a, b) => a.rank - b.rank),
    );
  }
  return groups;
}

/** Rows of a time column in the order of their rank. */
const timeRows = (name: ColumnName) => elementMap.filter((row) => row.column === name).sort((a, b) => a.rank - b.rank);

const startRows = timeRows('time_flow_start_ns');
const endRows = timeRows('time_flow_end_ns');

/** How many of them, the first ones, are of that end of the flow and not of one packet. */
const OWN_TIMES = 6;

/** Instruction and octets of times that have one size. */
const sizedTimes: Partial<Record<Reader, readonly [op: number, size: number]>> = {
  seconds: [Op.seconds, 4],
  milliseconds: [Op.milliseconds, 8],
  ntp_microseconds: [Op.ntpMicroseconds, 8],
  ntp_nanoseconds: [Op.ntpNanoseconds, 8],
};

/** Makes the plan of a data template. */
export function buildPlan(template: Template, mapped?: ElementMappings): Plan {
  return new PlanBuilder(template, mapped).build();
}

class PlanBuilder {
  readonly #template: Template;
  readonly #mapped: ElementMappings | undefined;
  /** Mapped fields that are left out for their size. */
  #wrongSizes = 0;
  readonly #fields: TemplateFields;
  readonly #ops: OpWriter;

  constructor(template: Template, mapped: ElementMappings | undefined) {
    this.#template = template;
    this.#mapped = mapped;
    this.#fields = new TemplateFields(template);
    this.#ops = new OpWriter(template.variable);
  }

  build(): Plan {
    const { version, variable, minimumLength } = this.#template;
    const fields = this.#fields;
    const bytes = this.#plainColumn('bytes');
    const packets = this.#plainColumn('packets');
    for (const name of plainColumns.keys()) if (name !== 'bytes' && name !== 'packets') this.#plainColumn(name);
    this.#addresses();
    this.#prefixLengths();
    this.#icmp();
    this.#mpls();
    this.#times();
    const section = this.#section(bytes === undefined, packets === undefined);
    const registers = new RegisterWriter(variable);
    registers.sampling(fields);
    if (section !== undefined) this.#sectionRegisters(section, registers);
    this.#mappedFields(registers);
    return {
      version,
      variable,
      recordLength: minimumLength,
      ops: this.#ops.finish(),
      registerOps: registers.finish(),
      registers: registers.registers,
      registersTellMore: registers.tellMore,
      section,
      wrongSizes: fields.wrongSizes + this.#wrongSizes,
      totalBytes: bytes === 85,
      totalPackets: packets === 86,
      noDirection: lacksDirection(this.#template),
    };
  }

  /** Fills a column from the first of its elements that is there; gives its number. */
  #plainColumn(name: ColumnName): number | undefined {
    const row = plainColumns.get(name)!.find(({ id }) => this.#fields.has(id));
    if (row === undefined) return undefined;
    const field = this.#fields.get(row.id)!;
    const { slot, type } = column(name);
    if (row.read === 'mac') this.#ops.sized(Op.u48, field, 6, slot);
    else if (row.read === 'application') this.#ops.counted(Op.application, field, slot);
    else this.#ops.unsigned(field, slot, type === 'u64');
    if (row.read === 'fragment_flags') this.#ops.put(Op.shift, 0, slot, 5);
    return row.id;
  }

  /** Addresses, and the EtherType that follows from them or from element 60. */
  #addresses(): void {
    const ops = this.#ops;
    const fields = this.#fields;
    const both: number[] = [];
    for (const [name, v4, v6] of [
      ['src_addr', 8, 27],
      ['dst_addr', 12, 28],
      ['next_hop', 15, 62],
      ['bgp_next_hop', 18, 63],
    ] as const) {
      const [ipv4, ipv6] = [fields.get(v4), fields.get(v6)];
      const slot = slotOf(name);
      if (ipv6 !== undefined) ops.sized(Op.ipv6, ipv6, 16, slot);
      if (ipv4 !== undefined) ops.sized(ipv6 === undefined ? Op.ipv4 : Op.ipv4UnlessZero, ipv4, 4, slot);
      if (ipv4 !== undefined && ipv6 !== undefined) both.push(slot);
    }
    const ipv4 = fields.has(8) || fields.has(12);
    const ipv6 = fields.has(27) || fields.has(28);
    if (ipv4 && ipv6) ops.put(Op.family, 0, slotOf('src_addr'), slotOf('dst_addr'));
    else if (ipv4 || ipv6) ops.put(Op.set, 0, ETYPE, ipv4 ? IPV4 : IPV6);
    const version = fields.get(60);
    if (version !== undefined) ops.counted(Op.ipVersion, version, 0);
    for (const slot of both) ops.put(Op.settle, 0, slot, 0);
  }

  #prefixLengths(): void {
    for (const [name, v4, v6] of [
      ['src_net', 9, 29],
      ['dst_net', 13, 30],
    ] as const) {
      const [ipv4, ipv6] = [this.#fields.get(v4), this.#fields.get(v6)];
      const slot = slotOf(name);
      if (ipv6 !== undefined) this.#ops.unsigned(ipv6, slot, false);
      if (ipv4 === undefined) continue;
      if (ipv6 === undefined) this.#ops.unsigned(ipv4, slot, false);
      else this.#ops.when(ETYPE, IPV4, () => this.#ops.unsigned(ipv4, slot, false));
    }
  }

  /** What a mapping file sends somewhere, after all else: it has the last word. */
  #mappedFields(registers: RegisterWriter): void {
    const { fields, version } = this.#template;
    let offset = 0;
    for (const [index, field] of fields.entries()) {
      const mapped = this.#mapped?.find(version, field.pen, field.id);
      if (mapped !== undefined) this.#mappedField({ ...field, index, offset }, mapped, registers);
      offset += field.length;
    }
  }

  #mappedField(field: PlacedField, { to, little, store }: MappedElement, registers: RegisterWriter): void {
    const ops = this.#ops;
    const { length } = field;
    const number = numberSlot(to);
    if (length === 0) return; // as good as absent
    if (number === undefined) {
      ops.counted(Op.mapped, field, store);
    } else if (length !== VARIABLE && length > MAX_NUMBER) {
      this.#wrongSizes++;
    } else if (number.slot === SAMPLING_RATE) {
      registers.mappedRate(field, little);
    } else if (length === VARIABLE && number.presence !== undefined) {
      ops.counted(Op.mapped, field, store);
    } else {
      if (number.wide) ops.replace(field, number.slot, little);
      else if (little) ops.little(field, number.slot, false);
      else ops.unsigned(field, number.slot, false);
      if (number.presence !== undefined) ops.put(Op.set, 0, number.presence, 1);
    }
  }

  /** Type and code from elements of their own, else from the one that has both. */
  #icmp(): void {
    const ipv4 = this.#icmpFields(176, 177, 32);
    const ipv6 = this.#icmpFields(178, 179, 139);
    if (ipv4 !== undefined) ipv4();
    if (ipv6 === undefined) return;
    if (ipv4 === undefined) return ipv6();
    const [slot, value] = this.#fields.has(4) ? [PROTO, ICMPV6] : [ETYPE, IPV6];
    this.#ops.when(slot, value, () => {
      this.#ops.put(Op.set, 0, ICMP_TYPE, 0);
      this.#ops.put(Op.set, 0, ICMP_CODE, 0);
      ipv6();
    });
  }

  #icmpFields(typeId: number, codeId: number, bothId: number): (() => void) | undefined {
    const fields = this.#fields;
    const [type, code, both] = [fields.get(typeId), fields.get(codeId), fields.get(bothId)];
    if (type === undefined && code === undefined && both === undefined) return undefined;
    return () => {
      const ops = this.#ops;
      if (both !== undefined) {
        ops.unsigned(both, ICMP_TYPE, false);
        ops.put(Op.split, 0, ICMP_TYPE, ICMP_CODE);
      }
      if (type !== undefined) ops.unsigned(type, ICMP_TYPE, false);
      if (code !== undefined) ops.unsigned(code, ICMP_CODE, false);
    };
  }

  #mpls(): void {
    const ops = this.#ops;
    const labels = elementMap.filter(({ read, id }) => read === 'mpls_label' && this.#fields.has(id));
    if (labels.length > 0) ops.put(Op.set, 0, MPLS_LABEL, 0);
    for (const { id } of labels) ops.counted(Op.mplsLabel, this.#fields.get(id)!, id - 70);
    const addresses: [op: number, size: number, fields: readonly PlacedField[]][] = [
      [Op.mplsIpv4, 4, this.#fields.all(47)],
      [Op.mplsIpv6, 16, this.#fields.all(140)],
    ];
    if (this.#fields.has(47) || this.#fields.has(140)) ops.put(Op.set, 0, MPLS_IP, 0);
    for (const [op, size, fields] of addresses) for (const field of fields) ops.sized(op, field, size, 0);
  }

  /** Both ends; one that is missing comes from the other and a duration, else from when the packet was observed. */
  #times(): void {
    const start = this.#time(startRows.slice(0, OWN_TIMES));
    const end = this.#time(endRows.slice(0, OWN_TIMES));
    const us = this.#fields.get(162);
    const duration = us ?? this.#fields.get(161);
    if (duration !== undefined && start !== end) {
      const unit = duration === us ? [Duration.endByUs, Duration.startByUs] : [Duration.endByMs, Duration.startByMs];
      this.#ops.counted(Op.duration, duration, unit[start ? 0 : 1]!);
      return;
    }
    if (!start) this.#time(startRows.slice(OWN_TIMES));
    if (!end) this.#time(endRows.slice(OWN_TIMES));
  }

  /** Fills one end of the flow; whether anything does. */
  #time(rows: readonly ElementRow[]): boolean {
    const row = rows.find(({ id }) => this.#fields.has(id));
    if (row === undefined) return false;
    const ops = this.#ops;
    const field = this.#fields.get(row.id)!;
    const { slot } = column(row.column);
    const sized = sizedTimes[row.read];
    if (sized !== undefined) ops.sized(sized[0], field, sized[1], slot);
    else if (row.read === 'before_export') ops.counted(Op.beforeExport, field, slot);
    else this.#sysUptime(field, slot);
    return true;
  }

  #sysUptime(field: PlacedField, slot: number): void {
    const started = this.#fields.get(160);
    if (this.#template.version === 9) {
      this.#ops.counted(Op.sysUptime, field, slot);
    } else {
      if (started !== undefined) this.#ops.sized(Op.exporterStart, started, 8, 0);
      this.#ops.counted(Op.sinceStart, field, slot);
    }
  }

  /** The packet that a record carries: a frame before an IP packet, the newer element before the older one. */
  #section(bytes: boolean, packets: boolean): PacketSection | undefined {
    const frame = this.#fields.get(315) ?? this.#fields.get(104);
    const field = frame ?? this.#fields.get(313);
    if (field === undefined) return undefined;
    const { index, offset, length } = field;
    return { kind: frame === undefined ? 'ip' : 'frame', field: index, at: offset, length, bytes, packets };
  }

  /** What tells how the packet is to be read: RFC 7133 for 313 and 315, older elements for 104. */
  #sectionRegisters(section: PacketSection, registers: RegisterWriter): void {
    const fields = this.#fields;
    const older = this.#template.fields[section.field]!.id === 104;
    if (section.kind === 'frame' && !older) registers.field(fields.get(408), Register.frameType);
    registers.field(fields.get(older ? 102 : 409), Register.sectionOffset);
    registers.field(fields.get(older ? 103 : 410), Register.sectionOctets);
  }
}
