import type { ContextDraft } from './draft.ts';
import { explainApplication } from './explain-application.ts';
import { explainExporter, explainNetwork, explainPort } from './explain.ts';
import type { Explanation } from './explain.ts';

/** What to explain: addresses as they are sent, of 4 or 16 octets. */
export interface ContextQuestion {
  readonly address: Uint8Array;
  /** The exporter of the flow, and numbers of an interface and a VRF of it. */
  readonly exporter?: Uint8Array | undefined;
  readonly ifindex?: number | undefined;
  readonly vrf?: number | undefined;
  /** The protocol of the flow and its port at the address, for the application. */
  readonly protocol?: number | undefined;
  readonly port?: number | undefined;
}

/** What a context says of each that was asked for, and why. */
export interface ContextAnswer {
  readonly network: Explanation;
  readonly exporter?: Explanation | undefined;
  readonly interface?: Explanation | undefined;
  readonly vrf?: Explanation | undefined;
  readonly application?: Explanation | undefined;
}

/** The draft is one that was not compiled yet. */
export function answerQuestion(draft: ContextDraft, question: ContextQuestion): ContextAnswer {
  const { address, exporter, ifindex, vrf, protocol, port = 0 } = question;
  const portOf = (kind: 'interfaces' | 'vrfs', number: number | undefined) =>
    exporter === undefined || number === undefined ? undefined : explainPort(draft, exporter, kind, number);
  return {
    network: explainNetwork(draft, address),
    exporter: exporter && explainExporter(draft, exporter),
    interface: portOf('interfaces', ifindex),
    vrf: portOf('vrfs', vrf),
    application: protocol === undefined ? undefined : explainApplication(draft, { address, protocol, port }),
  };
}
