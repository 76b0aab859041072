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

/** Source ports of one address whose definitions of a template are told apart; more fall back to the latest one. */
export const MAX_PORTS_PER_ADDRESS = 64;

/** Heap octets of all templates, by estimate; the longest unused is given up and counted as `template_evicted`. */
export const MAX_TEMPLATE_BYTES = 64 * 1024 * 1024;

/** Of {@link MAX_TEMPLATE_BYTES}, the part for exporters of which no data was decoded; they give up among themselves. */
export const PROBATION_SHARE = 1 / 4;

/** Of {@link MAX_TEMPLATE_BYTES}, the part for those on probation that others cannot fill: newcomers find room. */
export const PROBATION_RESERVE = 1 / 64;

/** Of {@link MAX_TEMPLATE_BYTES}, the part that one exporter may have; then it gives up its own. */
export const EXPORTER_TEMPLATE_SHARE = 1 / 4;

/** Records of a template that are interpreted before code is generated for it. */
export const COMPILE_AFTER_RECORDS = 256;

/** Fields of a template for which code is generated; with more it is interpreted, `compiles_refused`. */
export const MAX_COMPILED_FIELDS = 512;

/** Templates that a thread compiles in a second; more are interpreted until later, `compiles_deferred`. */
export const MAX_COMPILES_PER_SECOND = 50;

/** Templates with generated code; the longest unused is interpreted again, `compiles_given_up`. */
export const MAX_COMPILED_TEMPLATES = 1_024;

/** Heap octets of generated code, by estimate; likewise. */
export const MAX_COMPILED_BYTES = 32 * 1024 * 1024;

/** Octets of data held for its template, with what describes it; more is counted as `no_template_evicted`. */
export const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** How long data is held for its template; then it is counted as `no_template_expired`. */
export const MAX_PENDING_AGE_MS = 60_000;

/** Of {@link MAX_PENDING_BYTES}, the part that one exporter may have. */
export const PENDING_SHARE = 1 / 4;

/** Samplers, selectors or interfaces of a domain whose sampling rates are remembered; more give up the oldest. */
export const MAX_RATES_PER_SCOPE = 4_096;

/** Sampling rates and other facts from options data that are remembered in all; more give up the oldest domain. */
export const MAX_DOMAIN_FACTS = 262_144;

/** Characters of a learned name or description; what is longer is cut. */
export const MAX_LEARNED_NAME_LENGTH = 256;

/** Heap octets of all learned names of a thread, by estimate; more give up the oldest ones, `name_evicted`. */
export const MAX_LEARNED_NAME_BYTES = 32 * 1024 * 1024;

/** Of {@link MAX_LEARNED_NAME_BYTES}, the part that one exporter may have; then it gives up its own. */
export const EXPORTER_NAME_SHARE = 1 / 4;

/** How long a learned name holds that its exporter does not tell again; most tell every ten minutes, some once a day. */
export const NAME_LIFETIME_MS = 48 * 3_600_000;

/** Elements that nobody knows, of which the numbers are kept. */
export const MAX_UNKNOWN_ELEMENTS = 4_096;

/** Sequence streams that are tracked (a port of a domain, a data source); more give up the longest silent ones. */
export const MAX_SEQUENCE_STREAMS = 32_768;

/** Of {@link MAX_SEQUENCE_STREAMS}, the part for domains of which one datagram was seen only. */
export const SEQUENCE_PROBATION_SHARE = 1 / 2;

/** Data sources of one sFlow sub-agent whose samples are tracked; those beyond are not. */
export const MAX_DATA_SOURCES = 4_096;
