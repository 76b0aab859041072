import { whole } from '../../config/json-shape.ts';

/** @throws Error for what names no domain of an exporter */
export function endpointOf(json: Record<string, unknown>): { address: string; domain: number } {
  const { address } = json;
  if (typeof address !== 'string' || address === '' || address.length > 64) throw new Error('an entry without address');
  return { address, domain: whole(json, 'domain', 2 ** 32 - 1) };
}

/** @throws Error for what is neither NetFlow v9 nor IPFIX */
export function versionOf(json: Record<string, unknown>): 9 | 10 {
  const version = whole(json, 'version', 10);
  if (version !== 9 && version !== 10) throw new Error(`no such version: ${version}`);
  return version;
}
