import type { CollectorOptions } from '../collector.ts';
import type { Options } from '../config/options.ts';
import { contextKeys } from '../enrich/context/context-keys.ts';
import { urlSettings } from '../enrich/live/url-settings.ts';
import { parseHttpAddress } from '../http/http-address.ts';
import { parseListen } from '../listen/listen-url.ts';
import { parsePrefixes } from '../listen/prefix-list.ts';
import { surroundingsOf } from '../mapping/surroundings.ts';
import type { RareParts } from './rare-parts.ts';

/**
 * The collector that a command line asks for.
 *
 * @param parts those that the options need
 * @throws ConfigError for what cannot be read
 */
export function collectorOptions(
  options: Options,
  log: CollectorOptions['log'],
  { nats, mapping }: RareParts,
): CollectorOptions {
  return {
    listen: parseListen(options.listen),
    produce: options.produce,
    format: options.format,
    codegen: options['produce.codegen'],
    rawNames: options['produce.raw.names'],
    elements: options['produce.elements'],
    tunnels: options['produce.tunnels'],
    scale: options['produce.scale'],
    filter: options.filter === '' ? undefined : options.filter,
    mapping: options.mapping === '' ? undefined : () => mapping!.readMapping(options.mapping, surroundingsOf(options)),
    context: {
      files: options['context.config'],
      keys: contextKeys(options['context.keys']),
      url: urlSettings(options['context.http.url'], options['context.http.interval']),
    },
    learned: options['context.learned'],
    geoip: {
      paths: { asn: options['enrich.geoip.asn'], country: options['enrich.geoip.country'] },
      overwrite: options['enrich.geoip.asn.overwrite'],
    },
    admission: () => ({
      allow: parsePrefixes(options['exporters.allow'], 'exporters.allow'),
      deny: parsePrefixes(options['exporters.deny'], 'exporters.deny'),
      ratePerSecond: Math.max(0, options['exporters.rate']),
    }),
    templates: {
      ttlMs: options['templates.ttl'],
      sweepMs: options['templates.sweep-interval'],
      extendOnAccess: options['templates.ttl.extend-on-access'],
      reorderMs: options['templates.reorder'],
    },
    stateFile:
      options['templates.json.path'] === ''
        ? undefined
        : { path: options['templates.json.path'], intervalMs: options['templates.json.interval'] },
    contextBucket: nats?.bucketSettings(options, 'context.nats.bucket'),
    stateBucket: nats?.bucketSettings(options, 'templates.nats.bucket'),
    natsParts: nats,
    transport: {
      name: options.transport,
      file: { path: options['transport.file'], separator: options['transport.file.sep'] },
      nats: options.transport === 'nats' ? nats?.natsSettings(options) : undefined,
    },
    http:
      options.addr === ''
        ? undefined
        : {
            address: parseHttpAddress(options.addr),
            templatesPath: options['templates.path'],
            detailsToAny: options['http.details'] === 'any',
          },
    errCount: options['err.cnt'],
    errIntervalMs: options['err.int'],
    log,
  };
}
