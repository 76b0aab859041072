import { codegenAvailable } from '../codegen/available.ts';
import { compileBinary } from '../codegen/binary-writer.ts';
import { compileRow } from '../codegen/row-writer.ts';
import { binaryPlan } from './binary-plan.ts';
import { BinaryFormat, createBinaryFormat } from './binary.ts';
import type { FormatFactory } from './format.ts';
import { createJsonFormat, planJson } from './json.ts';
import { RowFormat } from './row-format.ts';
import { createTextFormat, planText } from './text.ts';
import type { RowPlan } from './row-plan.ts';

const compiledRow = (plan: RowPlan) => new RowFormat(plan, compileRow(plan));

/** The compiled one, or its twin where code is not to be or cannot be generated. */
const choose =
  (compiled: FormatFactory, interpreted: FormatFactory): FormatFactory =>
  (options = {}) =>
    options.codegen !== false && codegenAvailable() ? compiled(options) : interpreted(options);

/** The formats by the names that `-format` takes. */
export const formats: ReadonlyMap<string, FormatFactory> = new Map([
  ['json', choose((options) => compiledRow(planJson(options)), createJsonFormat)],
  ['text', choose((options) => compiledRow(planText(options)), createTextFormat)],
  ['bin', choose((options) => new BinaryFormat(compileBinary(binaryPlan), options), createBinaryFormat)],
]);
