/** Where the header of a protocol has its sequence number. */
function sequenceAt(view: DataView): number {
  switch (view.getUint16(0)) {
    case 5:
      return 16;
    case 9:
      return 12;
    case 10:
      return 8;
    default:
      return view.getUint32(4) === 1 ? 16 : 28; // sFlow: behind the agent address and the sub-agent
  }
}

/**
 * The datagrams of one exporter and domain over and over, with the sequence numbers that an exporter would go on with:
 * load at a rate that encoding every datagram anew would not reach. Flows repeat with each pass, and so do the sequence
 * numbers of sFlow samples.
 *
 * @param advance what a pass adds to the sequence number: `sequence` of the exporter after the datagrams, less before
 * @example
 * const before = exporter.sequence();
 * const datagrams = exporter.export(flows, now);
 * await sender.send(repeated(datagrams, exporter.sequence() - before, 1000));
 */
export function* repeated(datagrams: readonly Uint8Array[], advance: number, passes: number): Generator<Uint8Array> {
  for (let pass = 0; pass < passes; pass++) {
    for (const datagram of datagrams) {
      const copy = datagram.slice(); // the one before may still be on its way
      const view = new DataView(copy.buffer);
      const at = sequenceAt(view);
      view.setUint32(at, view.getUint32(at) + pass * advance); // modulo 2^32
      yield copy;
    }
  }
}
