import type { UdpOptions } from './udp-address.ts';

/** What the datagrams of a socket may be. */
export type UdpScheme = 'sflow' | 'netflow' | 'flow';

/** Sockets to open, as one element of `-listen` describes them. */
export interface UdpTarget extends UdpOptions {
  /** `netflow` is v5, v9 and IPFIX; `flow` is any, told apart by the first octets. */
  readonly scheme: UdpScheme;
  /** Sockets that were asked for; at least 1. */
  readonly count: number;
  /** Workers as the Go program counts them: those asked for, otherwise twice the sockets. */
  readonly workers: number;
  /** Threads to run, one socket each: the larger of `count` and of `workers` where that was given (D-18). */
  readonly threads: number;
  /** Wait for the output in place of dropping. */
  readonly blocking: boolean;
  /** Datagrams that may wait between worker and output. */
  readonly queueSize: number;
  /** Whether `queueSize` was asked for, or is the default. */
  readonly queueSizeGiven: boolean;
  readonly receive: 'auto' | 'dgram' | 'mmsg';
  /** Receive buffer of each socket to ask the kernel for, in octets. */
  readonly receiveBuffer: number;
  /** Whether datagrams are steered to threads by exporter, or by the kernel's hash of addresses and ports. */
  readonly spread: 'exporter' | 'kernel';
  /** What was read but has no effect, or another than asked for: a warning for each. */
  readonly notes: readonly string[];
}

/** A capture to replay, as one element of `-listen` describes it (D-19). */
export interface ReplayTarget {
  readonly scheme: 'file';
  readonly path: string;
  /** Factor of the speed at which it was captured; Infinity is as fast as the output takes it. */
  readonly speed: number;
  /** Passes over the file; 0 is without end. */
  readonly loop: number;
}

export type ListenTarget = UdpTarget | ReplayTarget;
