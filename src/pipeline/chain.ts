import { Dispatch } from '../decode/dispatch.ts';
import { IpfixDecoder } from '../decode/ipfix/decoder.ts';
import { NetFlowV5Decoder } from '../decode/netflow-v5/decoder.ts';
import { NetFlowV9Decoder } from '../decode/netflow-v9/decoder.ts';
import { SFlowDecoder } from '../decode/sflow/decoder.ts';
import { MemoryTemplateStore } from '../decode/templates/memory-store.ts';
import { PendingSets } from '../decode/templates/pending.ts';
import { GoFlowError } from '../config/errors.ts';
import { formats } from '../format/formats.ts';
import { SampleProducer } from '../produce/sample.ts';
import type { WorkerStart } from './messages.ts';
import { Pipeline } from './pipeline.ts';
import type { Parts } from './pipeline.ts';

/** The chain of one worker, with what has to be told of time and of the end. */
export interface Chain {
  readonly pipeline: Pipeline;
  /** About once a second: the moment to give up what has waited too long. */
  tick(nowMs: number): void;
  /** Nothing follows: what still waits is given up and counted. */
  stop(): void;
}

/** What a chain is given; the rest of its parts is built here. */
export type ChainContext = Pick<Parts, 'batches' | 'counters' | 'problems' | 'waitForRoom'>;

/** Wires the stages of a worker, by the names in its settings. */
export function buildChain(start: WorkerStart, context: ChainContext): Chain {
  const { counters } = context;
  const format = formats.get(start.format);
  if (format === undefined) throw new GoFlowError('GF_FORMAT_UNKNOWN', `format error ${start.format} not found`);
  const accepts = start.listen.scheme === 'file' ? 'flow' : start.listen.scheme;
  const templates = new MemoryTemplateStore({ counters });
  const pending = new PendingSets({ counters });
  const decoders = {
    netflowV5: new NetFlowV5Decoder(counters),
    netflowV9: new NetFlowV9Decoder({ templates, pending, counters }),
    ipfix: new IpfixDecoder({ templates, pending, counters }),
    sflow: new SFlowDecoder(counters),
  };
  const pipeline = new Pipeline({
    ...context,
    decoder: new Dispatch(accepts, decoders, counters),
    producer: new SampleProducer(counters),
    format: format(),
    separator: start.separator,
  });
  return {
    pipeline,
    tick(nowMs) {
      templates.tick(nowMs);
      pending.tick(nowMs);
    },
    stop() {
      pending.stop();
    },
  };
}
