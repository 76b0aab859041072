import { z } from 'zod';
import { renderers } from '../format/renderers.ts';
import type { RendererName } from '../format/renderers.ts';
import { MAX_MAPPED_BITS } from '../produce/mapped/layer-mappings.ts';
import { MAX_CUSTOM_FIELDS, MAX_MAPPINGS, MAX_NAME } from './limits.ts';

/**
 * The form of a mapping file. `docs/mapping.schema.json`, which editors complete and check by, is made from it.
 *
 * What it cannot say (names that have to exist, numbers that are taken) is checked when a file is read.
 */

const name = z.string().min(1).max(MAX_NAME);

/** Largest field number of protobuf, and the numbers that it keeps for itself. */
const LARGEST_NUMBER = 2 ** 29 - 1;

const declaration = z.strictObject({
  name: name.describe('Name of the field, also in fields, key, render, rename and destination.'),
  index: z.int().min(1).max(LARGEST_NUMBER).describe('Field number; from 1000 up they are yours.'),
  type: z.enum(['varint', 'string', 'bytes']).describe('varint: a number of up to 64 bits; string, bytes: octets.'),
  array: z.boolean().nullish().describe('true: a flow may have several.'),
});

const endianness = z.enum(['big', 'little']).nullish();

const names = (what: string) => z.array(name).max(MAX_MAPPINGS).nullish().describe(what);

const formatter = z.strictObject({
  fields: names('Columns of JSON and text in their order; without it all that the schema has.'),
  key: names('Columns that flows of one partition have in common.'),
  protobuf: z.array(declaration).max(MAX_CUSTOM_FIELDS).nullish().describe('Fields of your own.'),
  render: z
    .record(name, z.enum(Object.keys(renderers) as [RendererName, ...RendererName[]]))
    .nullish()
    .describe('How columns look in JSON and text.'),
  rename: z.record(name, z.string().max(MAX_NAME)).nullish().describe('Names of columns in JSON and text.'),
});

const element = z.strictObject({
  field: z
    .union([z.int().min(0).max(0x7fff), name], { error: 'the number of an element, or its name, is expected' })
    .describe('Number of the element without its enterprise bit, or its name: sourceIPv4Address, ntop:SRC_FRAGMENTS.'),
  penprovided: z.boolean().nullish().describe('true: an element of an enterprise. pen says so too.'),
  pen: z.int().min(0).max(0xffffffff).nullish().describe('Enterprise number.'),
  destination: name.describe('A column (in_if or InIf), or a field of formatter.protobuf.'),
  endianness,
  endian: endianness.describe('The same as endianness.'),
});

/** In NetFlow v9 all 16 bits are the number. */
const elementV9 = element.extend({
  field: z.union([z.int().min(0).max(0xffff), name], { error: 'the number of an element, or its name, is expected' }),
});

const port = z.strictObject({
  proto: z.enum(['udp', 'tcp']),
  dir: z.enum(['src', 'dst', 'both']),
  port: z.int().min(0).max(0xffff),
  parser: name.describe('What the port carries: a layer such as geneve, vxlan, gre or teredo-dst.'),
});

const layer = z.strictObject({
  layer: z
    .union([z.int().min(0), name], { error: 'the name of a layer is expected' })
    .describe(
      'Name of a layer: udp, ipv4, ethernet; 3, 4; etype0x0800, proto17, udp6081; 0 = the packet, 7 = payload.',
    ),
  encap: z.boolean().nullish().describe('true: layers inside of a tunnel. Otherwise those outside.'),
  offset: z.int().min(-MAX_MAPPED_BITS).max(MAX_MAPPED_BITS).describe('Bits from the beginning of the layer.'),
  length: z.int().min(0).max(MAX_MAPPED_BITS).describe('How many bits.'),
  destination: name.describe('A column (in_if or InIf), or a field of formatter.protobuf.'),
  endianness,
  endian: endianness.describe('The same as endianness.'),
});

/** A whole file. */
export const mappingSchema = z.strictObject({
  formatter: formatter.nullish(),
  ipfix: z.strictObject({ mapping: z.array(element).max(MAX_MAPPINGS).nullish() }).nullish(),
  netflowv9: z.strictObject({ mapping: z.array(elementV9).max(MAX_MAPPINGS).nullish() }).nullish(),
  sflow: z
    .strictObject({
      ports: z.array(port).max(MAX_MAPPINGS).nullish(),
      mapping: z.array(layer).max(MAX_MAPPINGS).nullish(),
    })
    .nullish()
    .describe('Sampled packets: sFlow, and the packet sections of IPFIX.'),
});

export type MappingDocument = z.infer<typeof mappingSchema>;
export type ElementDocument = z.infer<typeof element>;
export type LayerDocument = z.infer<typeof layer>;

/** The schema for editors. */
export function renderMappingSchema(): string {
  const schema = z.toJSONSchema(mappingSchema, { io: 'input' });
  const titled = {
    $schema: schema.$schema,
    title: 'GoFlow2+ mapping',
    description: 'Fields, columns and partition keys of your own.',
    ...schema,
  };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
