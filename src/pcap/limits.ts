/** Bounds on what a capture may make us do. A capture is as hostile as the network that it was taken from. */

/** Largest packet that is taken from a capture. Larger ones do not carry a UDP datagram over IP. */
export const MAX_CAPTURED_PACKET = 262_144;

/** Largest pcapng block that is looked into: a packet and its options. Blocks of other kinds are skipped, any length. */
export const MAX_PCAPNG_BLOCK = 524_288;

/** Interfaces of one pcapng section. */
export const MAX_CAPTURE_INTERFACES = 65_536;

/** Octets of the file that are in memory at a time; holds the largest block. */
export const CAPTURE_WINDOW = 1_048_576;

/** VLAN tags of one frame. */
export const MAX_VLAN_TAGS = 8;

/** Datagrams that wait for further fragments at a time; more give up the one that waits longest. 72 KiB each. */
export const MAX_FRAGMENTED_DATAGRAMS = 256;

/** How long a datagram waits for its fragments, by the times of the capture. */
export const FRAGMENT_TIMEOUT_SECONDS = 30;
