/** Result of a write: how many octets are out, and the code of the error when that is not all of them. */
export interface Written {
  readonly octets: number;
  readonly error?: string;
}

/** An open file, pipe or terminal. One write at a time. */
export interface Outlet {
  /** Writes all of `bytes`, or tells how far it came; never rejects. */
  write(bytes: Uint8Array): Promise<Written>;
  /** Octets of the write under way that are out for certain. */
  confirmed(): number;
  /** Removes the last `octets` that were written; false where that is not possible. */
  takeBack(octets: number): Promise<boolean>;
  close(): Promise<void>;
}
