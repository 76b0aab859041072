import { z } from 'zod';
import { ATTRIBUTE_NAME, attributeNameProblem } from './attribute-rules.ts';
import { MAX_ATTRIBUTE_NAME, MAX_NAME } from './limits.ts';

/**
 * The form of a context file. `docs/context.schema.json`, which editors complete and check by, is made from it.
 *
 * What it cannot say (addresses, duplicates, names that have to exist) is checked when a document is taken in.
 */

const name = z.string().min(1).max(MAX_NAME);

const attributes = z
  .record(
    z
      .string()
      .max(MAX_ATTRIBUTE_NAME)
      .regex(ATTRIBUTE_NAME, { error: ({ input }) => attributeNameProblem(input ?? '') })
      .refine((key) => key !== 'group', { error: ({ input }) => attributeNameProblem(String(input)) }),
    z.union([z.string(), z.number(), z.boolean(), z.null()], {
      error: 'text, a number, true, false or null is expected',
    }),
  )
  .nullish()
  .describe('Attributes of your own: each becomes a key of the flow. null clears one that would be inherited.');

const inherit = z.boolean().nullish().describe('false: nothing is inherited from less specific prefixes.');

const addresses = 'A prefix (10.0.0.0/8), an address, or a range (10.1.0.10-10.1.0.20).';

export const networkSchema = z.strictObject({
  name: name.describe('The group of flows from and to these addresses: source_group, destination_group.'),
  cidr: z.string().nullish().describe(addresses),
  cidrs: z.array(z.string()).nullish().describe('Several of them.'),
  range: z.string().nullish().describe('A range of addresses: 10.1.0.10-10.1.0.20.'),
  context: attributes,
  inherit,
});

const bulkSchema = z.strictObject({
  file: z.string().min(1).describe('Relative to the folder of this file.'),
  format: z.enum(['csv', 'jsonl']).nullish().describe('Without it, by the end of the name: .csv, .jsonl or .ndjson.'),
});

const rate = z.int().min(1).max(0xffffffff);
const index = z.int().min(0).max(0xffffffff);

const samplingSchema = z.strictObject({
  default: rate.nullish().describe('One packet in so many, used when the exporter has announced none.'),
  override: rate.nullish().describe('Used whatever the exporter announces.'),
});

const interfaceSchema = z.strictObject({ index: index.describe('ifIndex'), name, context: attributes });

const vrfSchema = z.strictObject({
  id: index.describe('As elements 234 and 235 have it; 0 also for flows that tell no VRF.'),
  name,
  context: attributes,
});

const exporterSchema = z.strictObject({
  name,
  address: z.string().nullish().describe(`sampler_address: ${addresses}`),
  addresses: z.array(z.string()).nullish().describe('Several of them.'),
  context: attributes,
  inherit,
  sampling: samplingSchema.nullish(),
  interfaces: z.array(interfaceSchema).nullish(),
  vrfs: z.array(vrfSchema).nullish(),
});

const port = z.int().min(0).max(65535);
const portOrRange = z.union([port, z.string()], { error: 'a port or a range of ports (8000-8100) is expected' });

const applicationSchema = z.strictObject({
  name,
  proto: z
    .union([z.int().min(0).max(255), z.string()], { error: 'a protocol, by name or number from 0 to 255, is expected' })
    .nullish()
    .describe('tcp, udp, icmp or another name, or a number.'),
  port: portOrRange.nullish().describe('On either side.'),
  ports: z
    .union([portOrRange, z.array(portOrRange)], { error: 'a port, a range of ports (8000-8100) or a list is expected' })
    .nullish()
    .describe('A range (8000-8100) or a list of ports and ranges.'),
  network: z.string().min(1).nullish().describe('Name of a network, or a prefix, that the side of the port is in.'),
  order: index
    .nullish()
    .describe('Rules of a file, or of the keys of a bucket, are tried from the smallest on; 0 where it is not given.'),
  context: attributes,
});

/** A whole file; the same document comes by other ways than files. */
export const contextSchema = z.strictObject({
  networks: z.array(networkSchema).nullish(),
  networks_from: z.array(bulkSchema).nullish().describe('Networks in bulk: files of CSV or JSON lines.'),
  exporters: z.array(exporterSchema).nullish(),
  applications: z.array(applicationSchema).nullish(),
});

export type ContextDocument = z.infer<typeof contextSchema>;
export type NetworkDocument = z.infer<typeof networkSchema>;
export type ExporterDocument = z.infer<typeof exporterSchema>;
export type ApplicationDocument = z.infer<typeof applicationSchema>;
export type BulkDocument = z.infer<typeof bulkSchema>;

/** The schema for editors. */
export function renderContextSchema(): string {
  const schema = z.toJSONSchema(contextSchema, { io: 'input' });
  const titled = {
    $schema: schema.$schema,
    title: 'GoFlow2+ context',
    description: 'Who the addresses, interfaces, exporters and applications of flows are.',
    ...schema,
  };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
