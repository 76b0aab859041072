import type { ExactScalar } from '../../support/exact-json.ts';
import { canonicalAddress } from '../values.ts';
import type { Form } from './fields.ts';
import type { RawEntry } from './ours.ts';

/** What tshark writes, in the form that {@link ourForm} gives, where it is a value of that form. */
export function tsharkForm(form: Form, text: string): string {
  switch (form) {
    case 'number':
    case 'unsigned':
      return /^(0x[0-9a-f]+|\d+)$/.test(text) ? String(BigInt(text)) : text;
    case 'address':
      return canonicalAddress(text);
    case 'time': {
      const [, date, fraction] = /^(.*)\.(\d{9}) UTC$/.exec(text) ?? [];
      return date === undefined ? text : `${new Date(`${date} UTC`).toISOString().slice(0, 19)}.${fraction!}Z`;
    }
    default:
      return text;
  }
}

/** A value of ours as text. */
export function ourForm(form: Form, { value, octets }: RawEntry): string {
  switch (form) {
    case 'octets':
      return octetText(octets?.toString('hex') ?? '');
    case 'word':
      return octetText(Number(value).toString(16).padStart(8, '0'));
    case 'unsigned':
      return octets === undefined ? '' : String(BigInt(`0x0${octets.toString('hex')}`));
    case 'float':
      return String(Number(Number(value).toPrecision(6)));
    case 'uptime':
      return (Number(value) / 1000).toFixed(9);
    case 'time': {
      if (value === 0n) return '1970-01-01T00:00:00.000000000Z';
      const [, seconds, fraction = ''] = /^([^.]*?)(?:\.(\d+))?Z$/.exec(`${value as ExactScalar}`) ?? [];
      return `${seconds ?? 'none'}.${fraction.padEnd(9, '0')}Z`;
    }
    default:
      return `${value as ExactScalar}`;
  }
}

/** `0a0b` as `0a:0b`. */
const octetText = (hex: string) => hex.replace(/..(?!$)/g, '$&:');
