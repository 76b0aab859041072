import type { SFlowRecord } from './sflow.ts';
import type { WireNumber } from './wire-writer.ts';
import { XdrWriter } from './xdr.ts';

/**
 * Records of counter samples that are a list of numbers: format, then the fields in the order of the wire. A field is
 * 32 bits unless it is named with `:64`, or with `:float` (32 bits).
 *
 * Sources: sFlow version 5 section 5 (1 to 5, 1001), sFlow host structures (2003 to 2006).
 */
const numberStructures = {
  interface: {
    format: 1,
    fields: `ifIndex ifType ifSpeed:64 ifDirection ifStatus
      ifInOctets:64 ifInUcastPkts ifInMulticastPkts ifInBroadcastPkts ifInDiscards ifInErrors ifInUnknownProtos
      ifOutOctets:64 ifOutUcastPkts ifOutMulticastPkts ifOutBroadcastPkts ifOutDiscards ifOutErrors ifPromiscuousMode`,
  },
  ethernet: {
    format: 2,
    fields: `alignmentErrors fcsErrors singleCollisionFrames multipleCollisionFrames sqeTestErrors
      deferredTransmissions lateCollisions excessiveCollisions internalMacTransmitErrors carrierSenseErrors
      frameTooLongs internalMacReceiveErrors symbolErrors`,
  },
  tokenRing: {
    format: 3,
    fields: `lineErrors burstErrors acErrors abortTransErrors internalErrors lostFrameErrors receiveCongestions
      frameCopiedErrors tokenErrors softErrors hardErrors signalLoss transmitBeacons recoverys lobeWires removes
      singles freqErrors`,
  },
  vg: {
    format: 4,
    fields: `inHighPriorityFrames inHighPriorityOctets:64 inNormPriorityFrames inNormPriorityOctets:64 inIpmErrors
      inOversizeFrameErrors inDataErrors inNullAddressedFrames outHighPriorityFrames outHighPriorityOctets:64
      transitionIntoTrainings hcInHighPriorityOctets:64 hcInNormPriorityOctets:64 hcOutHighPriorityOctets:64`,
  },
  vlan: { format: 5, fields: 'vlanId octets:64 ucastPkts multicastPkts broadcastPkts discards' },
  processor: { format: 1001, fields: 'cpu5s cpu1m cpu5m totalMemory:64 freeMemory:64' },
  hostCpu: {
    format: 2003,
    fields: `loadOne:float loadFive:float loadFifteen:float procRun procTotal cpuNum cpuSpeed uptime cpuUser cpuNice
      cpuSystem cpuIdle cpuWio cpuIntr cpuSintr interrupts contexts`,
  },
  hostMemory: {
    format: 2004,
    fields: `total:64 free:64 shared:64 buffers:64 cached:64 swapTotal:64 swapFree:64 pageIn pageOut swapIn swapOut`,
  },
  hostDisk: {
    format: 2005,
    fields: 'total:64 free:64 partMaxUsed reads bytesRead:64 readTime writes bytesWritten:64 writeTime',
  },
  hostNetwork: {
    format: 2006,
    fields: 'bytesIn:64 packetsIn errorsIn dropsIn bytesOut:64 packetsOut errorsOut dropsOut',
  },
} as const;

export type CounterStructure = keyof typeof numberStructures;

/** A field of a structure as it goes on the wire. */
export interface CounterField {
  readonly name: string;
  readonly kind: '32' | '64' | 'float';
}

function fieldsOf(structure: CounterStructure): CounterField[] {
  return numberStructures[structure].fields.split(/\s+/).map((field) => {
    const [name, kind] = field.split(':') as [string, CounterField['kind'] | undefined];
    return { name, kind: kind ?? '32' };
  });
}

/** The structures with their formats and fields, in the order of the wire. */
export const counterStructures = Object.fromEntries(
  (Object.keys(numberStructures) as CounterStructure[]).map((name) => [
    name,
    { format: numberStructures[name].format, fields: fieldsOf(name) },
  ]),
) as unknown as Readonly<Record<CounterStructure, { format: number; fields: readonly CounterField[] }>>;

/** A record of numbers; fields that `values` does not name are 0. Throws at a name that the structure does not have. */
export function counterRecord(
  structure: CounterStructure,
  values: Readonly<Record<string, WireNumber>> = {},
): SFlowRecord {
  const { format, fields } = counterStructures[structure];
  for (const name of Object.keys(values)) {
    if (!fields.some((field) => field.name === name)) throw new Error(`${structure} counters have no ${name}`);
  }
  const writer = new XdrWriter();
  for (const { name, kind } of fields) {
    const value = values[name] ?? 0;
    if (kind === 'float') writer.float32(Number(value));
    else writer.integer(value, kind === '64' ? 8 : 4);
  }
  return { format, body: writer.finish() };
}

/** 1005 `port_name`. */
export function portName(name: string): SFlowRecord {
  return { format: 1005, body: new XdrWriter().string(name).finish() };
}

export interface HostDescription {
  readonly hostname: string;
  /** 16 octets. */
  readonly uuid: Uint8Array;
  /** 3 = x86_64. */
  readonly machineType: number;
  /** 2 = Linux. */
  readonly osName: number;
  readonly osRelease: string;
}

/** 2000 `host_descr`. */
export function hostDescription(host: HostDescription): SFlowRecord {
  const body = new XdrWriter()
    .string(host.hostname)
    .bytes(host.uuid)
    .u32(host.machineType)
    .u32(host.osName)
    .string(host.osRelease)
    .finish();
  return { format: 2000, body };
}

/** 2001 `host_adapters`: interfaces with their MAC addresses. */
export function hostAdapters(adapters: readonly { ifIndex: number; macs: readonly string[] }[]): SFlowRecord {
  const writer = new XdrWriter().u32(adapters.length);
  for (const { ifIndex, macs } of adapters) {
    writer.u32(ifIndex).u32(macs.length);
    for (const mac of macs) writer.mac(mac);
  }
  return { format: 2001, body: writer.finish() };
}

/** 2002 `host_parent`. */
export function hostParent(containerType: number, containerIndex: number): SFlowRecord {
  return { format: 2002, body: new XdrWriter().u32(containerType).u32(containerIndex).finish() };
}
