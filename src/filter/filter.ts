/**
 * `-filter`: which flows are kept, by an expression in the syntax of CEL.
 *
 *     text ── parse (cel.ts), check (check.ts) ──▶ Condition ── interpret.ts or codegen/filter.ts ──▶ Filter
 *
 * The main thread reads the text once; workers get the condition, which is plain data.
 */
import { codegenAvailable } from '../codegen/available.ts';
import { compileFilter } from '../codegen/filter.ts';
import { column, columns, optionalColumns } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/flow-record.ts';
import { ParsedExpression } from './cel.ts';
import { Checker } from './check.ts';
import type { FilterNames } from './check.ts';
import type { Column, Condition } from './expression.ts';
import { Interpreter } from './interpret.ts';

/** Whether a flow is kept. Never throws. */
export type Filter = (flow: FlowRecord) => boolean;

export type { Condition as FilterCondition } from './expression.ts';
export type { FilterNames } from './check.ts';

/** The columns that flows have, those too that are in no message; `scaled_bytes` and `scaled_packets` where `scaled`. */
export function filterColumns(scaled: boolean): Column[] {
  const inner = [column('ingress_vrf_id'), column('egress_vrf_id')];
  return [...columns, ...(scaled ? optionalColumns : []), ...inner];
}

/**
 * Reads an expression.
 *
 * @throws ConfigError with the column of what is wrong
 * @example
 * const kept = buildFilter(readFilter('dst_port == 443', { columns: filterColumns(false), context: false }));
 */
export function readFilter(text: string, names: FilterNames): Condition {
  const condition = new Checker(new ParsedExpression(text), names).check();
  new Interpreter().test(condition, true); // refuses what is too large
  return condition;
}

/** @param codegen whether code may be generated */
export function buildFilter(condition: Condition, codegen = true): Filter {
  return codegen && codegenAvailable() ? compileFilter(condition) : new Interpreter().test(condition, true);
}
