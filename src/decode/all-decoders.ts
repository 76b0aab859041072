import type { Decoders } from './dispatch.ts';
import { IpfixDecoder } from './ipfix/decoder.ts';
import { FixedDecoder } from './netflow-fixed/decoder.ts';
import { NetFlowV9Decoder } from './netflow-v9/decoder.ts';
import { SFlowDecoder } from './sflow/decoder.ts';
import type { TemplatedDecoderParts } from './templates/templated-decoder.ts';

/** The decoders of all protocols, which share what is kept between datagrams. */
export function allDecoders(parts: TemplatedDecoderParts) {
  const { counters, sequences } = parts;
  return {
    fixed: new FixedDecoder(counters, sequences),
    netflowV9: new NetFlowV9Decoder(parts),
    ipfix: new IpfixDecoder(parts),
    sflow: new SFlowDecoder(counters, sequences),
  } satisfies Decoders;
}

export type AllDecoders = ReturnType<typeof allDecoders>;
