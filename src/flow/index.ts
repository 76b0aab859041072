/** The flow record, which all stages share, and the table of its columns. */
export { columns, column, findColumn, FlowType, Layer } from './fields.ts';
export type { Column, ColumnName, ColumnType } from './fields.ts';
export { FlowRecord } from './flow-record.ts';
export { addressText, parseAddress } from './address.ts';
