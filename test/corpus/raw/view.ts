/** A value as text in the form that its field has, by the name that tshark gives the field. */
export type Shown = readonly [field: string, value: string];

/** What a datagram shows. */
export interface Shows<Value> {
  readonly head: readonly Value[];
  readonly flows: readonly (readonly Value[])[];
  readonly options: readonly (readonly Value[])[];
}
