/** What a client is told. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a path shows. */
export interface RouteAbout {
  /** Half a sentence for the documentation. */
  readonly about: string;
  /** Whether it tells of exporters or the inside: shown to this machine alone unless `-http.details=any`. */
  readonly details: boolean;
}

/** What answers at one path. */
export interface Route extends RouteAbout {
  /** @param query what stands behind a `?`, each name once or more; by whoever asks */
  readonly answer: (query: URLSearchParams) => Answer | Promise<Answer>;
}

/** JSON as people read it, with a newline at its end where `newline` is set. */
export function json(status: number, value: unknown, newline = true): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value, undefined, 2) + (newline ? '\n' : '') };
}

export function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
