// Faults that the tests do not notice, by file and code, each with the reason. Those that change nothing are not
// planted; the others count as survivors and are listed with their reason.
export const known = [
  {
    file: 'decode/dispatch.js',
    code: 'word < 5',
    changesNothing: true,
    why: 'a first word of 5 is answered before',
  },
  {
    file: 'decode/sequence/convention.js',
    code: 'i < 4',
    changesNothing: true,
    why: 'there is no fifth score, and nothing is above it',
  },
  {
    file: 'decode/sequence/sequence-window.js',
    code: 'numbers > 0 && this.#confirmed',
    changesNothing: true,
    why: 'to count none as missed changes nothing',
  },
  {
    file: 'decode/templates/flow-keys.js',
    code: 'i < length',
    changesNothing: true,
    why: 'the bits of one octet more count below 0, and fit every template',
  },
  {
    file: 'pipeline/pipeline.js',
    code: 'counters.noted.length > 0',
    changesNothing: true,
    why: 'reporting nothing does nothing',
  },
  {
    file: 'decode/templates/memory-store.js',
    code: 'exporter.bytes > this.#maxBytes',
    changesNothing: false,
    why: 'a share of the memory that is full to the last octet: the size of a template is an estimate',
  },
  {
    file: 'produce/mapped/layer-mappings.js',
    code: 'this.#byVia.size > 0',
    changesNothing: true,
    why: 'an empty table gives no rows, and nothing is taken by none',
  },
  {
    file: 'produce/mapped/layer-mappings.js',
    code: 'next > frame.cursor.end',
    changesNothing: false,
    why: 'at the very end of a frame there is no octet that a row could take: asking the rows gives nothing',
  },
  {
    file: 'produce/templated/interpreter.js',
    code: 'milliseconds <= MAX_MS',
    changesNothing: false,
    why: 'the very last millisecond that 64 bits of nanoseconds can hold, in the year 2554',
  },
  {
    file: 'decode/sequence/stream.js',
    code: 'sysUptimeMs < this.sysUptimeMs || !this.window.follow',
    changesNothing: true,
    why: 'the usual case taken the long way gives the same',
  },
];
