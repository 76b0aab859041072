import { KEY_LENGTH, exporterKey, readExporterKey } from './exporter-key.ts';
import type { TableShape } from './series-table.ts';

/** Templates that have a row of their own, in one thread. */
export const MAX_TEMPLATE_ROWS = 4_096;

/** Columns: whether the template is there, how often it came, and Unix seconds, 0 for never. */
export const TemplateColumn = { live: 0, received: 1, added: 2, updated: 3, accessed: 4 } as const;

/** What a row is about. */
export interface TemplateKey {
  readonly address: string;
  readonly port: number;
  readonly version: number;
  readonly options: boolean;
  readonly domain: number;
  readonly id: number;
}

export const templateShape: TableShape = {
  rows: 1 + MAX_TEMPLATE_ROWS,
  keyLength: KEY_LENGTH + 16,
  columns: 5,
  buckets: 0,
};

/** Writes the key of a row: the address, then port 2 octets, version, kind, domain 4, id 2. */
export function writeTemplateKey(
  key: Uint8Array,
  octets: Uint8Array,
  { port, version, options, domain, id }: Omit<TemplateKey, 'address'>,
): void {
  exporterKey(key, 0, octets, 0, octets.length);
  const view = new DataView(key.buffer, key.byteOffset + KEY_LENGTH);
  view.setUint16(0, port);
  view.setUint8(2, version);
  view.setUint8(3, options ? 1 : 0);
  view.setUint32(4, domain);
  view.setUint16(8, id);
}

export function readTemplateKey(key: Uint8Array): TemplateKey {
  const view = new DataView(key.buffer, key.byteOffset + KEY_LENGTH);
  return {
    address: readExporterKey(key),
    port: view.getUint16(0),
    version: view.getUint8(2),
    options: view.getUint8(3) === 1,
    domain: view.getUint32(4),
    id: view.getUint16(8),
  };
}
