import type { FlowRecord } from '../flow/flow-record.ts';
import { areDoubles, Interpreter } from '../filter/interpret.ts';
import { mayFail } from '../filter/expression.ts';
import type { Condition, Operator, Quantity } from '../filter/expression.ts';
import { NetworkSet } from '../filter/network-set.ts';
import { differ, isAmong, quotient } from '../filter/number-set.ts';
import type { Prefix } from '../flow/prefix-text.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';
import { code } from './code.ts';
import type { Code } from './code.ts';
import { Source } from './source.ts';

const TWO_32 = 2 ** 32;

/** Numbers that are compared one after the other, and networks. */
const MAX_IN_PLACE = 8;

/** Compiles a condition to one expression; what is rare is left to the interpreting twin. */
export function compileFilter(condition: Condition): (flow: FlowRecord) => boolean {
  return new FilterCompiler().compile(condition);
}
class FilterCompiler {
  readonly #source = new Source();
  readonly #twin = new Interpreter();

  compile(condition: Condition): (flow: FlowRecord) => boolean {
    this.#source.emit(code`const words = flow.words; return ${this.#test(condition, true)};`);
    return this.#source.compile(['flow']);
  }

  /** True where the condition is `want`: see {@link Interpreter}. */
  #test(of: Condition, want: boolean): Code {
    switch (of.kind) {
      case 'constant':
        return of.value === want ? code`true` : code`false`;
      case 'not':
        return this.#test(of.of, !want);
      case 'all':
      case 'any': {
        const [a, b] = [this.#test(of.of[0], want), this.#test(of.of[1], want)];
        return (of.kind === 'all') === want ? code`(${a} && ${b})` : code`(${a} || ${b})`;
      }
      case 'if': {
        const holds = this.#test(of.condition, true);
        const [yes, no] = [this.#test(of.yes, want), this.#test(of.no, want)];
        if (!mayFail(of.condition)) return code`(${holds} ? ${yes} : ${no})`;
        return code`(${holds} ? ${yes} : ${this.#test(of.condition, false)} && ${no})`;
      }
      case 'compare':
        return areDoubles(of.left, of.right) ? this.#compare(of, want) : this.#call(of, want);
      case 'among':
        return this.#among(of, want);
      case 'hasAddress':
        return code`words[${of.of.slot + 4}] ${want ? code`!==` : code`===`} 0`;
      case 'inNetworks':
        return want ? this.#inNetworks(of) : code`!${this.#inNetworks(of)}`;
      default:
        return this.#call(of, want);
    }
  }

  /** Leaves a condition to the twin. */
  #call(of: Condition, want: boolean): Code {
    return code`${this.#source.bind(this.#twin.test(of, want))}(flow)`;
  }

  #compare({ sign, left, right }: Extract<Condition, { kind: 'compare' }>, want: boolean): Code {
    const [a, b] = [this.#number(left), this.#number(right)];
    const fails = left.mayFail || right.mayFail;
    if (sign === '==') {
      if (want) return code`${a} === ${b}`;
      return fails ? code`${this.#source.bind(differ)}(${a}, ${b})` : code`${a} !== ${b}`;
    }
    if (sign === '<') return want ? code`${a} < ${b}` : code`${a} >= ${b}`;
    return want ? code`${a} <= ${b}` : code`${a} > ${b}`;
  }

  #among(of: Extract<Condition, { kind: 'among' }>, want: boolean): Code {
    const { numbers } = of;
    if (of.of.kind !== 'column' || numbers.length === 0) return this.#call(of, want);
    const value = this.#number(of.of);
    if (numbers.length > MAX_IN_PLACE) {
      const found = code`${this.#source.bind(isAmong)}(${this.#source.bind(Float64Array.from(numbers))}, ${value})`;
      return want ? found : code`!${found}`;
    }
    const found = numbers.map((number) => code`${value} === ${number}`).reduce((all, next) => code`${all} || ${next}`);
    return want ? code`(${found})` : code`!(${found})`;
  }

  /** A few networks in place; mapped addresses, and where there is none, by the set. */
  #inNetworks({ of, networks }: Extract<Condition, { kind: 'inNetworks' }>): Code {
    const { slot } = of;
    const called = code`${this.#source.bind(hasNetwork)}(${this.#source.bind(new NetworkSet(networks))}, words, ${slot})`;
    if (networks.length > MAX_IN_PLACE) return called;
    const inPlace = (octets: number) =>
      networks
        .filter((network) => network.octets.length === octets)
        .map((network) => beginsWith(slot, network))
        .reduce((all, next) => code`${all} || ${next}`, code`false`);
    return code`(words[${slot + 4}] === 4 ? ${inPlace(4)}
      : (words[${slot}] | words[${slot + 1}]) === 0 ? ${called} : ${inPlace(16)})`;
  }

  #number(of: Quantity): Code {
    switch (of.kind) {
      case 'number':
        return code`${Number(of.value)}`;
      case 'column': {
        const { slot, type } = of.column;
        return type === 'u64' ? code`(words[${slot + 1}] * ${TWO_32} + words[${slot}])` : code`words[${slot}]`;
      }
      case 'entries':
        return code`words[${of.list.slot}]`;
      case 'arithmetic':
        return this.#arithmetic(of.operator, this.#number(of.left), this.#number(of.right));
      default:
        return code`${this.#source.bind(this.#twin.double(of))}(flow)`;
    }
  }

  #arithmetic(operator: Operator, a: Code, b: Code): Code {
    switch (operator) {
      case '+':
        return code`(${a} + ${b})`;
      case '-':
        return code`(${a} - ${b})`;
      case '*':
        return code`(${a} * ${b})`;
      case '/':
        return code`${this.#source.bind(quotient)}(${a}, ${b})`;
      case '%':
        return code`(${a} % ${b})`;
    }
  }
}

/** Whether the address at `slot` begins with the bits of a network of its family. */
function beginsWith(slot: number, { octets, length }: Prefix): Code {
  const view = new DataView(octets.buffer, octets.byteOffset);
  const mask = new DataView(new ArrayBuffer(4));
  let all = code`true`;
  for (let i = 0; 32 * i < length; i++) {
    const bits = Math.min(32, length - 32 * i);
    mask.setUint32(0, (-1 << (32 - bits)) >>> 0);
    const word = view.getInt32(4 * i, NATIVE_LITTLE_ENDIAN);
    all = code`${all} && ((words[${slot + i}] ^ ${word}) & ${mask.getInt32(0, NATIVE_LITTLE_ENDIAN)}) === 0`;
  }
  return all;
}

function hasNetwork(set: NetworkSet, words: Uint32Array, slot: number): boolean {
  return set.has(words, slot);
}
