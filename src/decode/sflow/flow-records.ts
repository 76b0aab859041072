import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import type { HeaderParser } from '../headers/header-parser.ts';
import { readExtendedGateway } from './extended-gateway.ts';
import { readExtendedRouter } from './extended-router.ts';
import { readExtendedSwitch } from './extended-switch.ts';
import { RecordFormat } from './formats.ts';
import { readSampledEthernet } from './sampled-ethernet.ts';
import { readSampledHeader } from './sampled-header.ts';
import { readSampledIpv4, readSampledIpv6 } from './sampled-ip.ts';

/**
 * How a record was read: `malformed` is one that is too short for its own members, of which a sampled header gives what
 * is there and all others nothing.
 */
export type RecordResult = 'read' | 'malformed' | 'unknown_record' | 'unknown_header_protocol';

/**
 * Fills the columns of one record of a flow sample.
 *
 * @param format enterprise in the top 20 bits, format in the low 12
 * @param body the members of the record, none claimed yet
 */
export function readFlowRecord(flow: FlowRecord, format: number, body: Cursor, headers: HeaderParser): RecordResult {
  switch (format) {
    case RecordFormat.sampledHeader:
      return readSampledHeader(flow, body, headers);
    case RecordFormat.extendedSwitch:
      return readExtendedSwitch(flow, body) ? 'read' : 'malformed';
    case RecordFormat.extendedRouter:
      return readExtendedRouter(flow, body) ? 'read' : 'malformed';
    case RecordFormat.extendedGateway:
      return readExtendedGateway(flow, body) ? 'read' : 'malformed';
    case RecordFormat.sampledEthernet:
      return readSampledEthernet(flow, body) ? 'read' : 'malformed';
    case RecordFormat.sampledIpv4:
      return readSampledIpv4(flow, body) ? 'read' : 'malformed';
    case RecordFormat.sampledIpv6:
      return readSampledIpv6(flow, body) ? 'read' : 'malformed';
    default:
      return 'unknown_record';
  }
}
