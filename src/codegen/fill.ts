import { VARIABLE } from '../decode/templates/template.ts';
import type { TemplateField } from '../decode/templates/template.ts';
import { slotOf } from '../flow/fields.ts';
import { NATIVE_LITTLE_ENDIAN, putMillisecondsBefore } from '../flow/u64.ts';
import { OP_WORDS, Op } from '../produce/templated/plan.ts';
import type { Interpreter } from '../produce/templated/interpreter.ts';
import { code, sequence } from './code.ts';
import type { Code } from './code.ts';
import { Source } from './source.ts';
import type { Compiled } from './source.ts';

/**
 * Reads the fields of one record.
 *
 * @param at first octet of the record
 * @param offsets of the fields, where lengths are variable; `lengths` likewise. Interpreted, they are read; compiled code
 * finds the fields itself, and stores what others want to know
 * @returns one past the record; interpreted, that is so for records of fixed length alone
 */
export type Fill = (
  bytes: Uint8Array,
  view: DataView,
  at: number,
  offsets: Int32Array | undefined,
  lengths: Int32Array | undefined,
) => number;

const ETYPE = slotOf('etype');
const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/** First octet of a variable length that announces two more (RFC 7011 section 7). */
const LONG_FORM = 255;

/** What a plan is compiled for: one thread's record or registers, and the twin, which does what is rare. */
export interface FillTarget {
  readonly words: Uint32Array;
  readonly interpreter: Interpreter;
  /** What the words are before a record is read, and those that differ from that between two records. */
  readonly base?: Uint32Array;
  readonly restored?: ReadonlySet<number>;
}

/** How records are laid out. */
export interface RecordLayout {
  /** Octets of a record of fixed length. */
  readonly recordLength: number;
  /** The fields, where some are of variable length: instructions then name them by their index. */
  readonly fields: readonly TemplateField[] | undefined;
  /** A field of which `offsets` and `lengths` are to tell. */
  readonly shown?: number | undefined;
}

/**
 * Compiles the instructions of a plan to straight code: offsets, columns and the memory that they are in are
 * constants, conditions become blocks.
 */
export function compileFill(ops: Int32Array, layout: RecordLayout, target: FillTarget): Compiled<Fill> {
  const source = new Source();
  const next = emitFill(source, ops, layout, target);
  source.emit(code`return ${next} | 0;`);
  return { run: source.compile(['bytes', 'view', 'at', 'offsets', 'lengths']), size: source.size };
}

/** Emits the statements that read the record at `at` of `bytes` and `view`; where the next one begins. */
export function emitFill(source: Source, ops: Int32Array, layout: RecordLayout, target: FillTarget): Code {
  return new FillCompiler(source, ops, layout, target).emit();
}

/** The place of an octet of a field. */
type Place = (octet: number) => Code;

class FillCompiler {
  readonly #ops: Int32Array;
  readonly #layout: RecordLayout;
  /** Where each field begins, and its length, where some are of variable length. */
  readonly #fields: { readonly place: Place; readonly length: Code }[] = [];
  readonly #source: Source;
  readonly #words: Code;
  readonly #twin: Code;
  readonly #context: Code;
  readonly #target: FillTarget;

  constructor(source: Source, ops: Int32Array, layout: RecordLayout, target: FillTarget) {
    const { words, interpreter } = target;
    this.#source = source;
    this.#target = target;
    this.#ops = ops;
    this.#layout = layout;
    this.#words = this.#source.bind(words);
    this.#twin = this.#source.bind(interpreter);
    this.#context = this.#source.bind(interpreter.context);
  }

  emit(): Code {
    const source = this.#source;
    const { recordLength, fields } = this.#layout;
    source.emit(code`${this.#twin}.beginRecord(); let v = 0;`);
    const next = fields === undefined ? code`at + ${recordLength}` : this.#find(fields);
    source.emit(this.#restore());
    source.emit(this.#block(0, this.#ops.length));
    return next;
  }

  /** Finds the fields of variable length, and so all others; where the record ends. */
  #find(fields: readonly TemplateField[]): Code {
    const source = this.#source;
    const read = fieldsRead(this.#ops);
    const { shown } = this.#layout;
    let from = code`at`;
    let fixed = 0;
    fields.forEach(({ length }, index) => {
      const [start, before] = [from, fixed];
      if (length === VARIABLE) {
        source.emit(code`let p${index} = ${start} + ${before + 1} | 0, n${index} = bytes[p${index} - 1];
          if (n${index} === ${LONG_FORM}) { n${index} = view.getUint16(p${index}); p${index} = p${index} + 2 | 0; }
          const e${index} = p${index} + n${index} | 0;`);
        this.#fields.push({ place: (octet) => code`p${index} + ${octet}`, length: code`n${index}` });
        if (read.has(index)) source.emit(code`lengths[${index}] = n${index};`);
        from = code`e${index}`;
        fixed = 0;
      } else {
        this.#fields.push({ place: (octet) => code`${start} + ${before + octet}`, length: code`${length}` });
        fixed += length;
      }
      const { place, length: octets } = this.#fields[index]!;
      if (index === shown) source.emit(code`offsets[${index}] = ${place(0)}; lengths[${index}] = ${octets};`);
    });
    return code`${from} + ${fixed}`;
  }

  #restore(): Code {
    const { base, restored } = this.#target;
    if (base === undefined || restored === undefined) return code``;
    const from = this.#source.bind(base);
    return sequence([...restored].map((word) => code`${this.#words}[${word}] = ${from}[${word}];`));
  }

  /** The instructions from word `from` of the plan to before word `to`. */
  #block(from: number, to: number): Code {
    const statements: Code[] = [];
    for (let i = from; i < to; i += OP_WORDS) {
      const [op, a, b, c] = this.#ops.subarray(i, i + OP_WORDS) as unknown as [number, number, number, number];
      const end = i + OP_WORDS + c * OP_WORDS;
      if (op === Op.unless) {
        statements.push(code`if (${this.#words}[${a}] === ${b}) { ${this.#block(i + OP_WORDS, end)} }`);
        i = end - OP_WORDS;
      } else if (op === Op.unlessLength) {
        statements.push(code`v = ${this.#fields[a]!.length}; if (v === ${b}) { ${this.#block(i + OP_WORDS, end)} }
          else if (v !== 0) ${this.#twin}.wrongSizes++;`);
        i = end - OP_WORDS;
      } else {
        statements.push(this.#statement(op, a, b, c));
      }
    }
    return sequence(statements);
  }

  #statement(op: number, a: number, b: number, c: number): Code {
    const words = this.#words;
    const low = code`${words}[${b}]`;
    const high = code`${words}[${b + 1}]`;
    switch (op) {
      case Op.u8:
        return this.#field(a, (at) => code`${low} = bytes[${at(c)}];`);
      case Op.u16:
        return this.#field(a, (at) => code`${low} = view.getUint16(${at(c)});`);
      case Op.u24:
        return this.#field(a, (at) => code`${low} = bytes[${at(0)}] << 16 | view.getUint16(${at(1)});`);
      case Op.u32:
        return this.#field(a, (at) => code`${low} = view.getUint32(${at(c)});`);
      case Op.u40:
        return this.#field(a, (at) => code`${high} = bytes[${at(0)}]; ${low} = view.getUint32(${at(1)});`);
      case Op.u48:
        return this.#field(a, (at) => code`${high} = view.getUint16(${at(0)}); ${low} = view.getUint32(${at(2)});`);
      case Op.u56:
        return this.#field(
          a,
          (at) => code`${high} = bytes[${at(0)}] << 16 | view.getUint16(${at(1)}); ${low} = view.getUint32(${at(3)});`,
        );
      case Op.u64:
        return this.#field(a, (at) => code`${high} = view.getUint32(${at(0)}); ${low} = view.getUint32(${at(4)});`);
      case Op.ipv4:
        return this.#field(a, (at) => this.#ipv4(b, memoryOrder(at(0))));
      case Op.ipv4UnlessZero:
        return this.#field(a, (at) => code`v = ${memoryOrder(at(0))}; if (v !== 0) { ${this.#ipv4(b, code`v`)} }`);
      case Op.ipv6:
        return this.#field(a, (at) => this.#ipv6(b, at));
      case Op.milliseconds:
        return this.#field(a, (at) => this.#milliseconds(b, at));
      case Op.ipVersion:
        return c === 1 ? this.#field(a, (at) => this.#ipVersion(at(0))) : this.#leave(op, a, b, c);
      case Op.application:
        if (c !== 4) return this.#leave(op, a, b, c);
        return this.#field(
          a,
          (at) => code`${high} = bytes[${at(0)}] << 24; ${low} = view.getUint32(${at(0)}) & 16777215;`,
        );
      case Op.sysUptime:
        return c === 4 ? this.#field(a, (at) => this.#sysUptime(b, at(0))) : this.#leave(op, a, b, c);
      case Op.set:
        return code`${low} = ${c};`;
      case Op.family:
        return code`${words}[${ETYPE}] = ${words}[${this.#isZero(b)} ? ${c + 4} : ${b + 4}] === 4 ? ${IPV4} : ${IPV6};`;
      case Op.settle:
        return code`if (${words}[${ETYPE}] === ${IPV4} && ${this.#isZero(b)}) ${words}[${b + 4}] = 4;`;
      case Op.shift:
        return code`${low} = ${low} >>> ${c};`;
      case Op.split:
        return code`v = ${low}; ${low} = v >>> 8 & 255; ${words}[${c}] = v & 255;`;
      default:
        return this.#leave(op, a, b, c);
    }
  }

  /** Leaves an instruction to the interpreting twin. */
  #leave(op: number, a: number, b: number, c: number): Code {
    const words = this.#words;
    const run = code`${this.#twin}.runOne`;
    const lengths = this.#layout.fields === undefined ? code`undefined` : code`lengths`;
    return this.#field(a, (at) => code`${run}(${op}, ${a}, ${b}, ${c}, ${at(0)}, ${words}, bytes, view, ${lengths});`);
  }

  /** Statements that read a field, given the place of each of its octets. */
  #field(a: number, statements: (at: Place) => Code): Code {
    if (this.#layout.fields === undefined) return statements((octet) => code`at + ${a + octet}`);
    return statements(this.#fields[a]!.place);
  }

  #ipv4(slot: number, word: Code): Code {
    const words = this.#words;
    return code`${words}[${slot}] = ${word}; ${words}[${slot + 1}] = 0; ${words}[${slot + 2}] = 0;
      ${words}[${slot + 3}] = 0; ${words}[${slot + 4}] = 4;`;
  }

  #ipv6(slot: number, at: Place): Code {
    const words = this.#words;
    const stores = [0, 1, 2, 3].map((i) => code`${words}[${slot + i}] = ${memoryOrder(at(4 * i))};`);
    return code`${sequence(stores)} ${words}[${slot + 4}] = 16;`;
  }

  #isZero(slot: number): Code {
    const words = this.#words;
    return code`(${words}[${slot}] | ${words}[${slot + 1}] | ${words}[${slot + 2}] | ${words}[${slot + 3}]) === 0`;
  }

  #ipVersion(at: Code): Code {
    const etype = code`${this.#words}[${ETYPE}]`;
    return code`v = bytes[${at}]; if (v === 4) ${etype} = ${IPV4}; else if (v === 6) ${etype} = ${IPV6};`;
  }

  #milliseconds(slot: number, at: Place): Code {
    const halves = code`view.getInt32(${at(0)}), view.getInt32(${at(4)})`;
    return code`${this.#twin}.putMillisecondsOf(${this.#words}, ${slot}, ${halves});`;
  }

  /** As the twin does it: the signed difference is the nearest time that the wrapping value can mean (D-5). */
  #sysUptime(slot: number, at: Code): Code {
    const put = this.#source.bind(putMillisecondsBefore);
    const before = code`${this.#context}.sysUptimeMs - view.getUint32(${at}) | 0`;
    const stored = code`${put}(${this.#words}, ${slot}, ${this.#context}.exportTime, 0, ${before})`;
    return code`if (!${stored}) ${this.#twin}.wrongValues++;`;
  }
}

/** Four octets as a record holds those of an address. */
function memoryOrder(at: Code): Code {
  return code`view.getUint32(${at}, ${NATIVE_LITTLE_ENDIAN ? code`true` : code`false`})`;
}

/** The fields of a template with variable lengths that instructions read, by their index. */
function fieldsRead(ops: Int32Array): Set<number> {
  const fields = new Set<number>();
  for (let i = 0; i < ops.length; i += OP_WORDS) {
    if (!readsNoField.has(ops[i]!)) fields.add(ops[i + 1]!);
  }
  return fields;
}

const readsNoField = new Set<number>([Op.set, Op.family, Op.settle, Op.shift, Op.split, Op.unless]);
