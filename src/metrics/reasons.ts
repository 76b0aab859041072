/**
 * The closed lists of why something was not delivered, or was noticed on the way. A reason is added here, with what
 * an operator can make of it, before code can use it: anything else does not compile.
 * `docs/errors.md` is made from these tables.
 */

/** Why a whole datagram was discarded by a decoder. */
export const failures = {
  too_short: 'fewer octets than the header of its protocol',
  unsupported_version: 'a version number that is not decoded here',
  unknown_protocol: 'neither NetFlow, IPFIX nor sFlow by its first octets',
  bad_message_length: 'an IPFIX message length below 16 or above what was received (RFC 7011 section 9.1)',
  bad_set_length: 'a set shorter than its own header or longer than its message (RFC 7011 section 9.1)',
  bad_template: 'an IPFIX template that runs past its set, or has a field count that cannot fit',
  bad_scope_count: 'an options template with scope count 0 or above its field count (RFC 7011 section 3.4.2.2)',
  bad_variable_length: 'a variable-length element that runs past its set (RFC 7011 section 9.1)',
  bad_record_count: 'a header of NetFlow v1, v5 or v7 that announces no record',
  bad_address_type: 'an sFlow agent address that is neither IPv4 nor IPv6',
  internal_error: 'a fault of ours while decoding; the log has the details',
} as const;
export type Failure = keyof typeof failures;

/** Why a datagram was dropped before a decoder saw it. */
export const datagramDrops = {
  empty: 'a datagram without payload',
  pool_full: 'no buffer was free between worker and output: the output is slower than the input',
  queue_full: 'the queue between the receiving thread and its worker was full',
  not_allowed: 'the source is not in the list of exporters, or is in the list of those that are refused',
  rate_limited: 'the source sends more than one source may',
  truncated_receive: 'longer than the receive buffer',
  worker_crash: 'in the hands of a worker that ended unexpectedly',
  worker_timeout: 'in the hands of a worker that no longer answered',
  shutdown: 'received, but not decoded before the stop was over',
} as const;
export type DatagramDrop = keyof typeof datagramDrops;

/** Why a set (NetFlow v9, IPFIX) or a sample (sFlow) was not decoded. */
export const skips = {
  reserved_id: 'a set id that no standard has given a meaning',
  truncated: 'a set or sample that announces more octets than are left',
  no_template: 'data whose template is unknown and which could not be held either',
  no_template_expired: 'data held for its template until the time, or the run, was over',
  no_template_evicted: 'data held for its template, given up for newer data',
  bad_template: 'a template set (v9) without a record that can be read',
  bad_set_length: 'a FlowSet (v9) shorter than its own header: where the next one begins is unknown',
  bad_variable_length: 'held data with a variable-length element that runs past its set (RFC 7011 section 9.1)',
  unknown_sample: 'an sFlow sample of an unknown format, skipped by its length',
  malformed_sample: 'an sFlow sample too short for its own fields',
  records_limit: 'past the limit of records out of one datagram',
  worker_crash: 'in the hands of a worker that ended unexpectedly',
  worker_timeout: 'in the hands of a worker that no longer answered',
  shutdown: 'in the hands of a worker that had to be ended at the stop',
} as const;
export type Skip = keyof typeof skips;

/** Why a decoded record did not become a flow message. */
export const recordDrops = {
  no_flow: 'options data: it describes the exporter, not a flow',
  records_limit: 'past the limit of records out of one datagram',
  no_direction: 'a record of both directions without a key that tells which is which (RFC 5103 section 4)',
  filtered: 'the filter did not keep it',
  internal_error: 'a fault of ours while producing or formatting; the log has the details',
  worker_crash: 'in the hands of a worker that ended unexpectedly',
  worker_timeout: 'in the hands of a worker that no longer answered',
  shutdown: 'in the hands of a worker that had to be ended at the stop',
} as const;
export type RecordDrop = keyof typeof recordDrops;

/** Why a flow message was not delivered. */
export const flowDrops = {
  buffer_full: 'the output is slower than the input and its buffer is full',
  enospc: 'no space left on the device of the output file',
  epipe: 'the reader of the output is gone',
  io_error: 'the output file could not be written',
  too_large: 'larger than the output takes',
  shutdown_timeout: 'not delivered before the stop was over',
  worker_crash: 'in the hands of a worker that ended unexpectedly',
  worker_timeout: 'in the hands of a worker that no longer answered',
} as const;
export type FlowDrop = keyof typeof flowDrops;

/** What was odd but cost nothing more than itself; the datagram was decoded all the same. */
export const notices = {
  trailing_bytes: 'octets after the last set or record',
  count_mismatch: 'a header whose record or sample count differs from what was there',
  truncated_records: 'the last record was cut off: only whole records were decoded',
  bad_template_id: 'a template with an id below 256: ignored',
  empty_template: 'a template whose records would have no octets: refused',
  variable_length_in_v9: 'a NetFlow v9 template with a field of length 65,535, which v9 does not have: refused',
  withdrawal_ignored: 'a template withdrawal over UDP: ignored (RFC 7011 section 8.4)',
  template_changed: 'a template id that came with another definition than before',
  exporter_restart: 'an exporter began anew: its templates were dropped, new ones are awaited',
  template_conflict: 'two definitions of one template id in use from one address, told apart by port',
  template_expired: 'a template that its exporter has not sent for longer than its time: it decodes nothing any more',
  template_late: 'a template that was overtaken by a newer definition on its way: it did not replace that one',
  bad_flow_keys: 'flow keys for a template that is not known, or has fewer fields (RFC 7011 section 4.4)',
  template_evicted: 'a template given up because the memory for templates is used up',
  name_evicted: 'a learned name given up because the memory for names is used up',
  field_size: 'a field of a size that its type does not allow: left out',
  field_value: 'a value that has no meaning in its column, such as a time out of range: left out',
  total_octets: 'a flow whose octets are a total (element 85), not a delta',
  total_packets: 'a flow whose packets are a total (element 86), not a delta',
  section_unread: 'a packet in a record (104, 313, 315) of a link type that is not parsed, or without its beginning',
  unknown_element: 'an element that is in no registry known here, noted once',
  unknown_header_protocol: 'an sFlow header protocol that is not parsed',
  unknown_record: 'an sFlow record of a format that is not mapped, skipped by its length',
  malformed_record:
    'an sFlow record too short for its own fields: left out, save a sampled header, of which the rest is read',
  sampling_unknown: 'a flow whose sampling rate is not known (yet)',
} as const;
export type Notice = keyof typeof notices;

/** Versions that are recognised and not decoded: one counter each, beside the failure `unsupported_version`. */
export const unsupportedVersions = {
  netflow_6: 'NetFlow v6',
  netflow_8: 'NetFlow v8',
  sflow_2: 'sFlow version 2',
  sflow_4: 'sFlow version 4',
  other: 'none that is known',
} as const;
export type UnsupportedVersion = keyof typeof unsupportedVersions;

/** What numbers its datagrams, samples or records, and in which unit: whoever misses one of them can tell. */
export const sequencedProtocols = {
  netflow_v5: 'NetFlow v5, which numbers flows for each engine',
  netflow_v7: 'NetFlow v7, which numbers flows',
  netflow_v9: 'NetFlow v9, which numbers datagrams for each source id',
  ipfix: 'IPFIX, which numbers data records for each observation domain',
  sflow: 'sFlow, which numbers datagrams for each agent and sub-agent',
  sflow_sample: 'sFlow, which numbers samples for each data source',
} as const;
export type SequencedProtocol = keyof typeof sequencedProtocols;

/**
 * Why JetStream did not acknowledge a message when it was sent. It is kept and sent again, with the same id; only one
 * that is too large is dropped.
 */
export const publishFailures = {
  disconnected: 'not acknowledged when the connection ended',
  ack_timeout: 'not acknowledged in time',
  no_responders: 'nobody takes messages on the subject: no stream has it, or JetStream is starting',
  no_permission: 'the user may not publish to the subject',
  stream_full: 'the stream is full and refuses new messages',
  storage: 'the server could not store it: its disk or its limits',
  too_large: 'larger than the server or the stream takes: dropped',
  rejected: 'refused for another reason; the log has the words of the server',
} as const;
export type PublishFailure = keyof typeof publishFailures;

/** Why the enricher did not take a message of its input. */
export const messageRefusals = {
  truncated: 'the input ended within it',
  malformed: 'its octets are no protobuf message; it was passed by its length',
  oversized: 'longer than 1 MiB; it was passed by its length',
  out_of_sync: 'a length that cannot be: nothing behind it can be read, and the enricher ends',
} as const;
export type MessageRefusal = keyof typeof messageRefusals;
