import type { Authenticator } from '@nats-io/transport-node';
import { readCredentials } from './credentials.ts';
import { SecretReader } from './secrets.ts';
import type { NatsServer, ServerList } from './server-list.ts';
import type { SessionParts } from './session.ts';
import type { NatsConnectionSettings } from './settings.ts';
import { readTls } from './tls.ts';

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who we are to a server, as it was read at some moment. */
export interface Identity {
  readonly authenticator: Authenticator | undefined;
  readonly tls: ReturnType<typeof readTls>;
  /** The same for the same contents of all files. */
  readonly digest: string;
  readonly warnings: readonly string[];
}

/**
 * Reads credentials and certificates.
 *
 * @throws ConfigError when something cannot be read or used.
 */
export function readIdentity(settings: NatsConnectionSettings, list: ServerList, environment: Environment): Identity {
  const secrets = new SecretReader(environment);
  const authenticator = readCredentials(settings.auth, list.credentials, secrets);
  const tls = readTls(settings.tls, secrets);
  return { authenticator, tls, digest: secrets.digest(), warnings: secrets.warnings };
}

/** What a session with this server is made of. */
export function sessionParts(
  server: NatsServer,
  { authenticator, tls }: Identity,
  { name, inboxPrefix }: NatsConnectionSettings,
): SessionParts {
  const policy = { required: server.tls || tls.asked, first: tls.first, options: tls.options };
  return { server, tls: policy, authenticator, name, inboxPrefix };
}
