import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { ConfigError } from '../../config/errors.ts';
import type { SecretReader } from './secrets.ts';
import type { NatsServer } from './server-list.ts';
import type { NatsTlsSettings } from './settings.ts';

/** What a connection uses when it speaks TLS, and when it does. */
export interface TlsPolicy {
  /** A server that does not speak TLS is refused; otherwise the server decides. */
  readonly required: boolean;
  readonly first: boolean;
  readonly options: ConnectionOptions;
}

/**
 * Reads certificates and keys.
 *
 * @throws ConfigError when one of them cannot be read.
 */
export function readTls(
  settings: NatsTlsSettings,
  secrets: SecretReader,
): Omit<TlsPolicy, 'required'> & { asked: boolean } {
  const { ca, cert, key, insecure, first } = settings;
  if ((cert === '') !== (key === '')) {
    const option = cert === '' ? 'transport.nats.tls.cert' : 'transport.nats.tls.key';
    throw new ConfigError('GF_OPTION_VALUE', { option }, 'a certificate and its key are given together');
  }
  const caBytes = secrets.read({ option: 'transport.nats.tls.ca', path: ca, isPublic: true });
  const certBytes = secrets.read({ option: 'transport.nats.tls.cert', path: cert, isPublic: true });
  const keyBytes = secrets.read({ option: 'transport.nats.tls.key', path: key });
  return {
    asked: insecure || first || caBytes !== undefined || certBytes !== undefined,
    first,
    options: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: !insecure,
      ...(caBytes === undefined ? {} : { ca: caBytes }),
      ...(certBytes === undefined ? {} : { cert: certBytes }),
      ...(keyBytes === undefined ? {} : { key: keyBytes }),
    },
  };
}

/** The same for one server: its certificate has to be for its name, or its address where it was given by that. */
export function tlsFor(server: NatsServer, options: ConnectionOptions): ConnectionOptions {
  const name = server.certificateName ?? server.host;
  return {
    ...options,
    // An address is no name that a client may ask for (RFC 6066 section 3), but the certificate has to be for it.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}
