/** `pb/flow.proto`, made from the table of columns. */
import { FlowType, Layer, columns, countryColumns, optionalColumns } from '../flow/fields.ts';
import type { Column, ColumnType } from '../flow/fields.ts';
import { CONTEXT_NUMBER } from './context-pair.ts';

const types: Record<ColumnType, string> = {
  u32: 'uint32',
  u64: 'uint64',
  enum: 'FlowType',
  code: 'string',
  address: 'bytes',
  'u32[]': 'repeated uint32',
  'enum[]': 'repeated LayerStack',
  'address[]': 'repeated bytes',
};

const head = `// The flow message of GoFlow2+, as -format=bin writes it: each message with its length as a varint before it.
// Generated from the table of columns in src/flow/fields.ts by "npm run generate": do not edit.
//
// Addresses are 4 or 16 octets in network byte order, or empty; times are Unix time in nanoseconds; MAC addresses are
// the low 48 bits of a number. A field that is zero or empty is not sent.
syntax = "proto3";

package flowpb;
`;

const extendedHead = `// The flow message with countries, as the enricher writes it: FlowMessage of flow.proto and two fields more.
// Generated from the table of columns in src/flow/fields.ts by "npm run generate": do not edit.
syntax = "proto3";

package flowpb;
`;

const numbers = `  // Numbers from 1000 up are yours: declare them in the mapping file, or in a copy of this schema. An enricher uses
  // 1000 and 1001 for the countries of source and destination. By convention a mapping uses 39 for ingress_vrf_id,
  // 40 for egress_vrf_id, 41 for bi_flow_direction and 42 for flow_direction.
`;

const context = `  // What the context says of the flow: source_group, destination_group, and whatever it was given.
  map<string, string> context = ${CONTEXT_NUMBER};
`;

function renderEnum(name: string, values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values).map(([value, number]) => `    ${value} = ${number};\n`);
  return `  enum ${name} {\n${lines.join('')}  }\n`;
}

const renderField = ({ name, number, type, doc }: Column): string =>
  `  // ${doc[0]!.toUpperCase()}${doc.slice(1)}.\n  ${types[type]} ${name} = ${number};\n`;

/** The schema: fields in the order of the columns of JSON and text. */
export function renderProtoSchema(): string {
  return render('FlowMessage', head, numbers);
}

/** The schema of what the enricher writes, and the collector with a database of countries. */
export function renderExtendedProtoSchema(): string {
  return render('FlowMessageExt', extendedHead, countryColumns.map(renderField).join('\n'));
}

function render(message: string, begin: string, end: string): string {
  const parts = [
    renderEnum('FlowType', FlowType),
    renderEnum('LayerStack', Layer),
    columns.map(renderField).join('\n'),
    context,
    optionalColumns.map(renderField).join('\n'),
    end,
  ];
  return `${begin}\nmessage ${message} {\n${parts.join('\n')}}\n`;
}
