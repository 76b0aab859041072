import type { DatagramDrop } from '../metrics/reasons.ts';
import type { Datagram } from './datagram.ts';

/**
 * Where a listener hands its datagrams. Calls come on the listener's own thread, one after the other; a datagram and
 * its bytes are valid during the call only.
 */
export interface DatagramSink {
  /**
   * Asked before every receive. `go`: receive; `wait`: the way out is full, leave the datagrams to the kernel and ask
   * again shortly; `stop`: return, after what was received has been handed over.
   */
  poll(): 'go' | 'wait' | 'stop';
  /**
   * Asked before each datagram of a batch, by listeners that can keep the rest of it: false means to ask `poll` until
   * it says `go`, and to go on then.
   */
  ready?(): boolean;
  /**
   * So many datagrams are in the hands of this thread now and follow: should it end, they are lost. A negative number
   * was handed on to another thread.
   */
  batch?(count: number): void;
  /** One datagram. Zero-length ones are handed over too: the sink counts them. */
  datagram(datagram: Datagram): void;
  /** After the last datagram of a receive call: the moment to hand over what has waited long enough. */
  endOfBatch(): void;
  /** A datagram that was read and cannot be handed over: to be counted as received and dropped. */
  dropped?(datagram: Datagram, reason: DatagramDrop): void;
  /** Something for the operator to read, such as a socket that failed and was opened again. */
  warning?(text: string): void;
}

/** What became of the socket that was asked for. */
export interface ListenerInfo {
  /** Bound address and port; `::` for the wildcard. */
  readonly address: string;
  readonly port: number;
  /** Receive buffer in octets: asked for, and granted by the kernel. */
  readonly bufferAsked: number;
  readonly bufferGranted: number;
  /** How datagrams are received; `handed-on` is from another thread, which has the socket. */
  readonly receive: 'dgram' | 'recvmmsg' | 'replay' | 'handed-on';
  /** What the operator should know of, each with what to do about it: a receive buffer smaller than asked. */
  readonly warnings?: readonly string[];
}

/** First stage. Building one is inert; `start` acquires, `stop` releases. */
export interface Listener {
  /** Binds or opens; rejects with a configuration error when that fails. Datagrams come from now on. */
  start(sink: DatagramSink): Promise<ListenerInfo>;
  /** Settles when the listener has ended by itself (the end of a capture) or was stopped. */
  readonly done: Promise<void>;
  /**
   * Ends receiving. What the kernel still holds is read first, for `drainMs` at most; what is left then is handed over as
   * dropped by who can tell how much it is.
   */
  stop(drainMs: number): Promise<void>;
  /** Datagrams that the kernel dropped on this socket since it was opened; exact on Linux, otherwise undefined. */
  kernelDrops(): number | undefined;
}
