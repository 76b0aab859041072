import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Authenticator } from '@nats-io/transport-node';
import { ConfigError } from '../../config/errors.ts';
import type { SecretReader } from './secrets.ts';
import type { UrlCredentials } from './server-list.ts';
import type { NatsAuthSettings } from './settings.ts';

/**
 * Reads the credentials and makes what answers the challenge of a server; undefined where there are none.
 *
 * @throws ConfigError when they cannot be read, or when several of them are given.
 */
export function readCredentials(
  settings: NatsAuthSettings,
  inUrl: UrlCredentials | undefined,
  secrets: SecretReader,
): Authenticator | undefined {
  const { user } = settings;
  const password = secrets.readText({
    option: 'transport.nats.password_file',
    path: settings.passwordFile,
    variable: 'GOFLOW2_NATS_PASSWORD',
  });
  const token = secrets.readText({
    option: 'transport.nats.token_file',
    path: settings.tokenFile,
    variable: 'GOFLOW2_NATS_TOKEN',
  });
  const creds = secrets.read({
    option: 'transport.nats.creds',
    path: settings.creds,
    variable: 'GOFLOW2_NATS_CREDS',
  });
  const seed = secrets.readText({
    option: 'transport.nats.nkey_file',
    path: settings.nkeyFile,
    variable: 'GOFLOW2_NATS_NKEY',
  });
  const found: [option: string, authenticator: () => Authenticator][] = [];
  if (inUrl !== undefined) {
    const { user: name, password: secret } = inUrl;
    found.push([
      'transport.nats.servers',
      () => fixed(secret === undefined ? { auth_token: name } : { user: name, pass: secret }),
    ]);
  }
  if (user !== '') {
    found.push(['transport.nats.user', () => fixed(password === undefined ? { user } : { user, pass: password })]);
  } else if (password !== undefined) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'transport.nats.user' }, 'a password is given, but no user');
  }
  if (token !== undefined) found.push(['transport.nats.token_file', () => fixed({ auth_token: token })]);
  if (creds !== undefined)
    found.push(['transport.nats.creds', () => checked('transport.nats.creds', credsAuthenticator(creds))]);
  if (seed !== undefined) {
    const bytes = new TextEncoder().encode(seed.trim());
    found.push(['transport.nats.nkey_file', () => checked('transport.nats.nkey_file', nkeyAuthenticator(bytes))]);
  }
  if (found.length > 1) {
    const names = found.map(([option]) => `-${option}`).join(' and ');
    throw new ConfigError('GF_OPTION_VALUE', { option: found[0]![0] }, `credentials are given twice: ${names}`);
  }
  return found[0]?.[1]();
}

function fixed(answer: ReturnType<Authenticator>): Authenticator {
  return () => answer;
}

/** Tries to sign with it, so that a broken seed is found now; what the library says of it may hold the seed. */
function checked(option: string, authenticator: Authenticator): Authenticator {
  try {
    authenticator('nonce');
  } catch {
    throw new ConfigError('GF_NATS_SECRET', { option }, 'it holds no credentials that can be used');
  }
  return authenticator;
}
