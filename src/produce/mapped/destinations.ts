/** Where mapped values go: a column of the table, or a field of a user's own. */
import type { CustomField, CustomLayout } from '../../flow/custom-fields.ts';
import { findColumn } from '../../flow/fields.ts';
import type { Column } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';

/** Most octets of a number. */
export const MAX_NUMBER = 8;

/** Puts the octets of a value into a flow; false, with nothing done, when the destination cannot have so many. */
export type Store = (flow: FlowRecord, bytes: Uint8Array, at: number, length: number) => boolean;

/** A destination that is known to exist. */
export type Destination = { readonly column: Column } | { readonly field: CustomField };

/** The destination of a name that was checked: a declared field hides a column. */
export function destinationOf(name: string, layout: CustomLayout): Destination {
  const field = layout.find(name);
  return field === undefined ? { column: findColumn(name)! } : { field };
}

/** Where a number goes that is no list: its first word, whether it has a second, and the word that says that it is there. */
export function numberSlot(
  to: Destination,
): { readonly slot: number; readonly wide: boolean; readonly presence: number | undefined } | undefined {
  if ('field' in to) {
    const { type, array, slot, presence } = to.field;
    return type === 'varint' && !array ? { slot, wide: true, presence } : undefined;
  }
  const { type, slot } = to.column;
  return type === 'u32' || type === 'u64' ? { slot, wide: type === 'u64', presence: undefined } : undefined;
}

/** @param little whether numbers have their least significant octet first */
export function storeOf(to: Destination, little: boolean): Store {
  const number = numberSlot(to);
  if (number !== undefined) return storeNumber(number.slot, number.wide, number.presence, little);
  if ('field' in to) {
    const { field } = to;
    if (field.type === 'octets') return (flow, bytes, at, length) => flow.putOctets(field, bytes, at, length);
    return (flow, bytes, at, length) => {
      if (length > MAX_NUMBER) return false;
      flow.appendNumber(field, upper(bytes, at, length, little), lower(bytes, at, length, little));
      return true;
    };
  }
  const { column } = to;
  if (column.type === 'u32[]') {
    return (flow, bytes, at, length) => {
      if (length > MAX_NUMBER) return false;
      flow.append(column, lower(bytes, at, length, little) >>> 0);
      return true;
    };
  }
  return (flow, bytes, at, length) => {
    if (length !== 4 && length !== 16) return false;
    if (column.list < 0) flow.setAddress(column.slot, bytes, at, length);
    else flow.appendAddress(column, bytes, at, length);
    return true;
  };
}

function storeNumber(slot: number, wide: boolean, presence: number | undefined, little: boolean): Store {
  return ({ words }, bytes, at, length) => {
    if (length > MAX_NUMBER) return false;
    words[slot] = lower(bytes, at, length, little);
    if (wide) words[slot + 1] = upper(bytes, at, length, little);
    if (presence !== undefined) words[presence] = 1;
    return true;
  };
}

/** The low 32 bits of a number, as a signed number. */
function lower(bytes: Uint8Array, at: number, length: number, little: boolean): number {
  let value = 0;
  if (little) for (let i = Math.min(length, 4) - 1; i >= 0; i--) value = (value << 8) | bytes[at + i]!;
  else for (let i = Math.max(0, length - 4); i < length; i++) value = (value << 8) | bytes[at + i]!;
  return value;
}

/** The bits above those. */
function upper(bytes: Uint8Array, at: number, length: number, little: boolean): number {
  let value = 0;
  if (little) for (let i = length - 1; i >= 4; i--) value = (value << 8) | bytes[at + i]!;
  else for (let i = 0; i < length - 4; i++) value = (value << 8) | bytes[at + i]!;
  return value;
}
