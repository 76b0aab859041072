/** What a name in options data is of. */
export type NamedKind = 'exporter' | 'interface' | 'vrf' | 'application';

/** Takes the names that options data tells, and is told whose packet is at hand. */
export interface NameSink {
  /** A packet of this domain of an exporter is at hand, until {@link end}. */
  begin(address: string, version: 9 | 10, domain: number): void;
  end(): void;
  /**
   * What a record of the packet at hand says.
   *
   * @param id an interface or a VRF has its number in the low word, an application see `putApplicationId`
   * @param name empty: it has none; undefined: the record says nothing of it; likewise the description
   */
  learn(
    kind: NamedKind,
    id: { readonly high: number; readonly low: number },
    name: string | undefined,
    description: string | undefined,
  ): void;
}
