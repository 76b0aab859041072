/** 1. Datagrams, from a socket or a capture. */
export { Datagram, Source } from './datagram.ts';
export type { DatagramSink, Listener, ListenerInfo } from './listener.ts';
export { parseListen } from './listen-url.ts';
export type { ListenTarget, ReplayTarget, UdpTarget } from './listen-target.ts';
export { Replay } from './replay.ts';
export { UdpDgramListener } from './udp-dgram.ts';
