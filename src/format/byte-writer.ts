/** Where formats write: a buffer and a position. Whoever provides it has made sure that there is room. */
export class ByteWriter {
  bytes: Uint8Array;
  view: DataView;
  pos = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes on elsewhere. `view` spans the same memory as `bytes`. */
  moveTo(bytes: Uint8Array, view: DataView, pos: number): void {
    this.bytes = bytes;
    this.view = view;
    this.pos = pos;
  }
}
