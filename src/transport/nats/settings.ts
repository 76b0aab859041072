/** Which identity to show to the server. Secrets come from files, else from the environment. */
export interface NatsAuthSettings {
  readonly user: string;
  readonly passwordFile: string;
  readonly tokenFile: string;
  /** File with a JWT and the seed that signs for it, as `nsc` writes it. */
  readonly creds: string;
  /** File with the seed of an nkey. */
  readonly nkeyFile: string;
}

export interface NatsTlsSettings {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** The certificate of the server is not verified. */
  readonly insecure: boolean;
  /** The server expects TLS from the first octet on. */
  readonly first: boolean;
}

/** How to reach NATS. */
export interface NatsConnectionSettings {
  readonly servers: readonly string[];
  readonly auth: NatsAuthSettings;
  readonly tls: NatsTlsSettings;
  /** Name of the client, as the server shows it. */
  readonly name: string;
  readonly inboxPrefix: string;
}

/** What a stream is made with; one that exists is left as it is. */
export interface NatsStreamSettings {
  readonly name: string;
  /** `create`: made when it is missing; `check`: it has to be there; `none`: nobody asks. */
  readonly mode: 'create' | 'check' | 'none';
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly replicas: number;
  readonly storage: 'file' | 'memory';
  readonly discard: 'old' | 'new';
  readonly duplicateWindowMs: number;
  /** JetStream domain, or prefix of its API: at most one of them. */
  readonly domain: string;
  readonly apiPrefix: string;
}

/** Everything that `-transport.nats.*` says. */
export interface NatsSettings extends NatsConnectionSettings {
  readonly stream: NatsStreamSettings;
  /** Subject, or a pattern with columns in braces. */
  readonly subject: string;
  readonly subjectsMax: number;
  readonly batchFlows: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  /** Messages in flight. */
  readonly window: number;
  /** Octets of flow messages that wait. */
  readonly bufferBytes: number;
}
