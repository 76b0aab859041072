/**
 * Every bound on what a datagram may make us do. A loop over a count from the wire names one of these, or is bounded
 * by the bytes that are left; what goes over is counted under the reason that is named here.
 */

/** Largest UDP payload (RFC 768, IPv4). */
export const MAX_DATAGRAM = 65_535;

/** Flow records out of one datagram; more are counted as `records_limit`. */
export const MAX_RECORDS_PER_DATAGRAM = 4_096;

/** Headers looked at in one sampled packet, tunnels included; the rest stays unparsed. */
export const MAX_LAYERS = 16;

/** Extension headers of one IPv6 packet; the rest stays unparsed. */
export const MAX_IPV6_EXTENSIONS = 8;

/** Labels read from one MPLS stack. */
export const MAX_MPLS_LABELS = 64;

/** Addresses kept from one IPv6 segment routing header. */
export const MAX_ROUTING_ADDRESSES = 127;

/** Addresses of exporters that a listener remembers as objects; more give up the one that was seen least. */
export const MAX_SOURCES = 32_768;
