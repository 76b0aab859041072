/**
 * Every code that an error of this program can carry, with what it means to the person who reads it. A code is added
 * here before it can be used; once released it keeps its meaning. `docs/errors.md` is made from this table.
 */
export const errorCatalogue = {
  GF_FLAG_SYNTAX: { exitCode: 2, meaning: 'an argument that begins like a flag but is none, such as `-=x` or `---x`' },
  GF_FLAG_UNKNOWN: { exitCode: 2, meaning: 'a flag that does not exist' },
  GF_FLAG_NO_VALUE: { exitCode: 2, meaning: 'a flag at the end of the command line whose value is missing' },
  GF_FLAG_VALUE: { exitCode: 2, meaning: 'a value that the type of its flag does not allow' },
  GF_FLAG_TWICE: { exitCode: 2, meaning: 'one option given under two of its names' },
  GF_FLAG_SUBCOMMAND: { exitCode: 2, meaning: 'a subcommand without a task that it has' },
  GF_OPTION_VALUE: { exitCode: 1, meaning: 'a value that its option does not have' },
  GF_LISTEN_URL: { exitCode: 1, meaning: 'an element of `-listen` that cannot be read' },
  GF_LISTEN_BIND: { exitCode: 1, meaning: 'a socket that could not be opened or bound' },
  GF_LISTEN_RECEIVE: { exitCode: 1, meaning: 'a way to receive that is not possible on this machine' },
  GF_PREFIX_LIST: { exitCode: 1, meaning: 'a list of addresses or prefixes that cannot be read' },
  GF_REPLAY_FILE: { exitCode: 1, meaning: 'a capture file that cannot be opened or read' },
  GF_CAPTURE_FORMAT: { exitCode: 1, meaning: 'a capture file that is none, or that has an impossible length in it' },
  GF_CAPTURE_TRUNCATED: { exitCode: 1, meaning: 'a capture file that ends within a packet or block' },
  GF_PRODUCER_UNKNOWN: { exitCode: 1, meaning: 'a value of `-produce` that does not exist' },
  GF_FORMAT_UNKNOWN: { exitCode: 1, meaning: 'a value of `-format` that does not exist' },
  GF_TRANSPORT_UNKNOWN: { exitCode: 1, meaning: 'a value of `-transport` that does not exist' },
  GF_LOG_LEVEL: { exitCode: 1, meaning: 'a value of `-loglevel` that is no level' },
  GF_OUTPUT_OPEN: { exitCode: 1, meaning: 'an output file that cannot be opened for writing' },
  GF_NATS_SECRET: {
    exitCode: 1,
    meaning: 'a file with credentials, a key or a certificate for NATS that cannot be read',
  },
  GF_NATS_INIT: { exitCode: 1, meaning: 'a stream or a consumer that `nats init` could not make' },
  GF_NATS_BUCKET: { exitCode: 1, meaning: 'a bucket that `context push` or `context pull` could not read or write' },
  GF_STATE_LOCK: {
    exitCode: 1,
    meaning: 'a path of `-templates.json.path` that another running program has, or that cannot be locked',
  },
  GF_CONTEXT_FILE: { exitCode: 1, meaning: 'a file of `-context.config` that cannot be read, or has a mistake in it' },
  GF_MAPPING_FILE: { exitCode: 1, meaning: 'a file of `-mapping` that cannot be read, or has a mistake in it' },
  GF_ELEMENT_FILE: {
    exitCode: 1,
    meaning: 'a file of `-produce.elements` that cannot be read, or has a mistake in it',
  },
  GF_FILTER: { exitCode: 1, meaning: 'an expression of `-filter` with a mistake in it' },
  GF_GEOIP_FILE: { exitCode: 1, meaning: 'a database of AS numbers or countries that cannot be read or used' },
  GF_HTTP_ADDRESS: { exitCode: 1, meaning: 'a value of `-addr` that is no address with a port' },
  GF_HTTP_LISTEN: { exitCode: 1, meaning: 'an address that the HTTP server cannot listen on' },
  GF_PART_MODULE: { exitCode: 1, meaning: 'a module with a part of your own that cannot be loaded or used' },
  GF_WORKER_START: { exitCode: 1, meaning: 'a worker thread that did not start' },
  GF_INTERNAL: { exitCode: 1, meaning: 'a fault of ours: please report it with its stack trace' },
} as const satisfies Readonly<Record<string, { exitCode: 1 | 2; meaning: string }>>;

/** Stable name of a kind of error. */
export type ErrorCode = keyof typeof errorCatalogue;

/**
 * Base class of every error that this program throws on purpose. Classes that derive from it add the coordinates that
 * they know as fields of their own. Bad input on the data path never becomes one: it is counted under a reason.
 */
export class GoFlowError extends Error {
  override name = 'GoFlowError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  /** What the process ends with when this error stops it: 2 for a command line, 1 for any other failure at start. */
  get exitCode(): 1 | 2 {
    return errorCatalogue[this.code].exitCode;
  }
}

/** Where a setting came from: an option of the command line, a place in a file, or the value of a key (NATS KV). */
export type ConfigPlace =
  | { readonly option: string }
  | { readonly file: string; readonly line?: number; readonly column?: number; readonly path?: string }
  | { readonly key: string; readonly path?: string };

/**
 * A setting that cannot be used. The message names the place: `-listen: message` for an option,
 * `file:line:column: path: message` for a file, where lines and columns count from 1 and what is unknown is left out,
 * `key: path: message` for the value of a key.
 */
export class ConfigError extends GoFlowError {
  override name = 'ConfigError';
  readonly option: string | undefined;
  readonly key: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Names and indexes that lead to the setting inside the file or value, joined by dots: `networks.1.cidr`. */
  readonly path: string | undefined;

  constructor(code: ErrorCode, place: ConfigPlace, message: string, cause?: unknown) {
    super(code, `${placeText(place)}: ${message}`, cause);
    if ('option' in place) {
      this.option = place.option;
    } else if ('key' in place) {
      this.key = place.key;
      this.path = place.path;
    } else {
      this.file = place.file;
      this.line = place.line;
      this.column = place.column;
      this.path = place.path;
    }
  }
}

function placeText(place: ConfigPlace): string {
  if ('option' in place) return `-${place.option}`;
  if ('key' in place) return place.path === undefined ? place.key : `${place.key}: ${place.path}`;
  const position = [place.file, place.line, place.line === undefined ? undefined : place.column];
  const where = position.filter((part) => part !== undefined).join(':');
  return place.path === undefined ? where : `${where}: ${place.path}`;
}
