import { codegenAvailable } from '../codegen/available.ts';
import { compileBound } from '../codegen/bound.ts';
import { compileBinary } from '../codegen/binary-writer.ts';
import { compileRow } from '../codegen/row-writer.ts';
import { FormatAtHome } from './at-home.ts';
import type { Home } from './home.ts';
import { boundOf } from './binary-custom.ts';
import { binaryPlan } from './binary-plan.ts';
import { BinaryFormat, createBinaryFormat } from './binary.ts';
import type { Format, FormatFactory, FormatOptions } from './format.ts';
import type { FormatName } from './format-names.ts';
import { createJsonFormat, planJson } from './json.ts';
import { RowFormat } from './row-format.ts';
import { createTextFormat, planText } from './text.ts';
import { rowBound } from './row-plan.ts';
import type { RowPlan } from './row-plan.ts';

type Compile = (options: FormatOptions) => Format;

const compiledRow = (plan: RowPlan, home: Home | undefined) =>
  new RowFormat(plan, compileRow(plan, home), compileBound(rowBound(plan), home));

const compiledBinary = (options: FormatOptions) =>
  new BinaryFormat(compileBinary(binaryPlan, options), compileBound(boundOf(options.custom), options.home), options);

/** The compiled one, or its twin where code is not to be or cannot be generated. */
const choose =
  (compile: Compile, interpreted: FormatFactory): FormatFactory =>
  (options = {}) => {
    if (options.codegen === false || !codegenAvailable()) return interpreted(options);
    const compiled = compile(options);
    return options.home === undefined ? compiled : new FormatAtHome(options.home, compiled, interpreted(options));
  };

/** The formats by the names that `-format` takes. */
export const formats: ReadonlyMap<string, FormatFactory> = new Map(
  Object.entries<FormatFactory>({
    json: choose((options) => compiledRow(planJson(options), options.home), createJsonFormat),
    text: choose((options) => compiledRow(planText(options), options.home), createTextFormat),
    bin: choose(compiledBinary, createBinaryFormat),
  } satisfies Record<FormatName, FormatFactory>),
);
