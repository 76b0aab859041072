import type { ColumnRenderer, ColumnType } from '../flow/fields.ts';
import type { Prefix } from '../flow/prefix-text.ts';

/**
 * An expression that was checked: every name is a column or a key, every type fits, every literal is read. It is plain
 * data, so that it is read once and posted to the threads that use it.
 *
 * An expression has a value for a flow, or none: a key that the flow does not have, a division by zero, a number
 * beyond 64 bits. A flow is kept when the condition as a whole is true.
 */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Condition }
  /** True when all are true, false when one is false, even where another one has no value. */
  | { readonly kind: 'all'; readonly of: readonly [Condition, Condition] }
  /** True when one is true, even where another one has no value, false when all are false. */
  | { readonly kind: 'any'; readonly of: readonly [Condition, Condition] }
  | Choice<'if', Condition>
  | { readonly kind: 'same'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'compare'; readonly sign: Sign; readonly left: Quantity; readonly right: Quantity }
  /** A number that is one of others, which are sorted; all of them are exact as doubles. */
  | { readonly kind: 'among'; readonly of: Quantity; readonly numbers: readonly number[] }
  | { readonly kind: 'sameAddress'; readonly left: Column; readonly right: Column }
  | { readonly kind: 'inNetworks'; readonly of: Column; readonly networks: readonly Prefix[] }
  | { readonly kind: 'hasAddress'; readonly of: Column }
  | { readonly kind: 'sameText'; readonly left: Text; readonly right: Text }
  | { readonly kind: 'textAmong'; readonly of: Text; readonly texts: readonly string[] }
  | { readonly kind: 'textTest'; readonly test: TextTest; readonly of: Text; readonly part: Text }
  | { readonly kind: 'matches'; readonly of: Text; readonly pattern: string }
  | { readonly kind: 'hasKey'; readonly key: string }
  /** A number that is in a list. */
  | { readonly kind: 'listed'; readonly of: Quantity; readonly list: Column }
  /** An address in a list that is in one of the networks. */
  | { readonly kind: 'addressListed'; readonly list: Column; readonly networks: readonly Prefix[] };

export type Sign = '==' | '<' | '<=';
export type TextTest = 'startsWith' | 'endsWith' | 'contains';

/** A whole number. */
export type Quantity = (
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'arithmetic'; readonly operator: Operator; readonly left: Quantity; readonly right: Quantity }
  | Choice<'choice', Quantity>
  | { readonly kind: 'entries'; readonly list: Column }
  | { readonly kind: 'entry'; readonly list: Column; readonly index: Quantity }
  | { readonly kind: 'characters'; readonly of: Text }
) &
  Bounds;

export type Operator = '+' | '-' | '*' | '/' | '%';

/** What is known of a number before there is a flow. */
export interface Bounds {
  readonly least: bigint;
  readonly most: bigint;
  /** Whether it may have no value. */
  readonly mayFail: boolean;
  /** Whether it and all that it is made of are exact as doubles. */
  readonly narrow: boolean;
}

/** Text: a constant, or the value of a key of the context. */
export type Text =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'key'; readonly key: string }
  | Choice<'choice', Text>;

/** `condition ? yes : no` */
export interface Choice<Kind, T> {
  readonly kind: Kind;
  readonly condition: Condition;
  readonly yes: T;
  readonly no: T;
}

/** What a filter has to know of a column: a row of `flow/fields.ts`, or one of the user's that lies like one. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly renderer: ColumnRenderer;
  readonly slot: number;
  readonly list: number;
}

/** Numbers of less than this size are exact as doubles, and so is what they are compared with. */
export const NARROW = 2n ** 53n;

/** Whether the value of a condition is known for every flow. */
export function mayFail(condition: Condition): boolean {
  switch (condition.kind) {
    case 'constant':
    case 'hasKey':
    case 'hasAddress':
    case 'inNetworks':
    case 'sameAddress':
    case 'addressListed':
      return false;
    case 'not':
      return mayFail(condition.of);
    case 'all':
    case 'any':
      return condition.of.some(mayFail);
    case 'if':
      return mayFail(condition.condition) || mayFail(condition.yes) || mayFail(condition.no);
    case 'same':
      return mayFail(condition.left) || mayFail(condition.right);
    case 'compare':
      return condition.left.mayFail || condition.right.mayFail;
    case 'among':
    case 'listed':
      return condition.of.mayFail;
    default:
      return true; // texts come from the context
  }
}
