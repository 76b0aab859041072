/** An option behind the `?` of a listen URI, as `docs/flags.md` shows it. */
interface ListenOption {
  readonly hint: string;
  readonly default: string;
  readonly help: string;
}

/** Options of sockets. */
export const socketOptions = {
  count: { hint: 'N', default: '1', help: 'sockets on the same address and port, each with a thread of its own' },
  workers: { hint: 'N', default: '', help: 'threads, where more are wanted than `count` gives' },
  blocking: {
    hint: 'true|false',
    default: 'false',
    help: 'wait for the output in place of dropping; what the kernel cannot hold meanwhile is dropped and counted there',
  },
  queue_size: {
    hint: 'N',
    default: '1000000',
    help: 'datagrams that may wait between a worker and the output; with `blocking` the default is 0. Each stands for 2 KiB, and a worker has 1 GiB at most',
  },
  receive: {
    hint: 'auto|dgram|mmsg',
    default: 'auto',
    help: 'by `node:dgram`, or many datagrams a call by `recvmmsg` of Linux; `auto` takes the latter where it can',
  },
  rcvbuf: {
    hint: 'SIZE',
    default: '32MiB',
    help: 'receive buffer to ask the kernel for, for each socket; the kernel may give less',
  },
  spread: {
    hint: 'exporter|kernel',
    default: 'exporter',
    help: 'how datagrams are spread over sockets: all of an exporter to one, or by the kernel over addresses and ports',
  },
} as const satisfies Readonly<Record<string, ListenOption>>;

/** Options of captures. */
export const captureOptions = {
  speed: {
    hint: 'max|FACTOR',
    default: 'max',
    help: 'as fast as the output takes it, or times the speed at which it was captured: `1.0`',
  },
  loop: { hint: 'N', default: '1', help: 'passes over the file; 0 is without end' },
} as const satisfies Readonly<Record<string, ListenOption>>;

export type ListenOptionName = keyof typeof socketOptions | keyof typeof captureOptions;
