import { AuthorizationError, UserAuthenticationExpiredError } from '@nats-io/transport-node';
import { GoFlowError } from '../../config/errors.ts';
import { TlsDisagreement } from './socket.ts';
import type { TroubleReport } from './trouble.ts';

/** Codes of Node.js and OpenSSL for what can be wrong with a TLS connection. */
const TLS_CODES =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO)/;

/** Why a server could not be connected to. */
export function dialFailure(error: unknown): TroubleReport {
  const detail = wordsOf(error);
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return { trouble: 'authentication', detail };
  }
  if (error instanceof GoFlowError) return { trouble: 'credentials', detail };
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof TlsDisagreement || (code !== undefined && TLS_CODES.test(code)))
    return { trouble: 'tls', detail };
  return { trouble: 'unreachable', detail };
}

/** The words of an error; of one that stands for several attempts, the words of each. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(wordsOf))].join(', ');
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
