/**
 * Fields of a user's own, as a mapping file declares them. They lie in the record behind the columns of the table:
 *
 * - a number: low half, high half, and 1 when the flow has it;
 * - octets: where they begin in the record's arena, how many they are, and 1 when the flow has them;
 * - a list of either: one word with the number of entries, each of which has the first two of those words.
 *
 * Before all of them stands one word with the octets of the arena that are in use, so that a record is emptied by
 * emptying its words.
 */
import { LIST_COUNT, RECORD_WORDS } from './fields.ts';

/** What is said about a field. */
export interface CustomDeclaration {
  readonly name: string;
  /** Number in protobuf. */
  readonly number: number;
  /** A number of up to 64 bits, or octets. */
  readonly type: 'varint' | 'octets';
  /** Whether a flow may have several. */
  readonly array: boolean;
}

/** A field with its place in a record. */
export interface CustomField extends CustomDeclaration {
  /** Its first word; of a list, the one with the number of entries. */
  readonly slot: number;
  /** The word that is not 0 when the flow has it. */
  readonly presence: number;
  /** Index of the list, or -1. */
  readonly list: number;
}

/** Words of a value of a field that is no list, and of an entry of one. */
const VALUE_WORDS = 3;
export const CUSTOM_ENTRY_WORDS = 2;

/** The word of a record that tells how many octets of its arena are in use; only where there are fields. */
export const ARENA_USED = RECORD_WORDS;

/** The fields of a mapping and the size of a record with them. */
export class CustomLayout {
  readonly fields: readonly CustomField[];
  /** 32-bit words and lists of a record. */
  readonly words: number;
  readonly lists: number;

  constructor(declarations: readonly CustomDeclaration[] = []) {
    let slot = declarations.length === 0 ? RECORD_WORDS : ARENA_USED + 1;
    let lists = LIST_COUNT;
    this.fields = declarations.map((declaration): CustomField => {
      const { array } = declaration;
      const field = { ...declaration, slot, presence: array ? slot : slot + 2, list: array ? lists++ : -1 };
      slot += array ? 1 : VALUE_WORDS;
      return field;
    });
    this.words = slot;
    this.lists = lists;
  }

  find(name: string): CustomField | undefined {
    return this.fields.find((field) => field.name === name);
  }
}

/** Records without fields of their own. */
export const noCustomFields = new CustomLayout();
