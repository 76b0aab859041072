import { randomUUID } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url');

function sign(by: KeyPair, subject: string, name: string, nats: object): string {
  const head = base64url(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }));
  const claims = { jti: randomUUID(), iat: Math.floor(Date.now() / 1000), iss: by.getPublicKey(), name, sub: subject };
  const body = base64url(JSON.stringify({ ...claims, nats: { version: 2, ...nats } }));
  return `${head}.${body}.${base64url(by.sign(new TextEncoder().encode(`${head}.${body}`)))}`;
}

const unlimited = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
};

/** A NATS operator with an account and a user of it. */
export interface JwtRealm {
  /** Lines of the server's configuration. */
  readonly config: string;
  /** A credentials file, as `nsc` writes it. */
  readonly creds: string;
  /** The seed in it. */
  readonly seed: string;
}

export function jwtRealm(): JwtRealm {
  const operator = nkeys.createOperator();
  const system = nkeys.createAccount();
  const account = nkeys.createAccount();
  const user = nkeys.createUser();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const operatorJwt = sign(operator, operator.getPublicKey(), 'operator', {
    type: 'operator',
    system_account: system.getPublicKey(),
  });
  const accounts = [system, account].map((each, i) => {
    const limits = i === 0 ? { ...unlimited, mem_storage: 0, disk_storage: 0 } : unlimited;
    const jwt = sign(operator, each.getPublicKey(), `account ${i}`, { type: 'account', limits });
    return `${each.getPublicKey()}: "${jwt}"`;
  });
  const userJwt = sign(account, user.getPublicKey(), 'collector', { type: 'user', subs: -1, data: -1, payload: -1 });
  const seed = text(user.getSeed());
  return {
    config: [
      `operator: "${operatorJwt}"`,
      'resolver: MEMORY',
      `resolver_preload: {\n${accounts.join('\n')}\n}`,
      `system_account: ${system.getPublicKey()}`,
    ].join('\n'),
    creds: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
    seed,
  };
}
