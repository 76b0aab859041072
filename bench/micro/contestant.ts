/** Something that turns datagrams into messages, in memory and on one thread. */
export interface Contestant {
  /** Makes the datagrams of the next turn, where they are not the same again; its time does not count. */
  goOn?(): void;
  /** Takes all datagrams once; the number of flow messages that came out. */
  turn(): number;
  /** Datagrams of a turn, and their octets. */
  readonly datagrams: number;
  readonly octets: number;
}

/** What a round was: as much as fits into the CPU time that was asked for. */
export interface Round {
  readonly flows: number;
  readonly datagrams: number;
  readonly octets: number;
  /** Of CPU, user and system, of the whole process. */
  readonly seconds: number;
  /** Collections of the heap during the round. */
  readonly collections: number;
}
