/** Ports from one to another, both included. */
export type PortRange = readonly [from: number, to: number];

/** Reads a port, or a range of ports: `8000-8100`. Undefined when it is none. */
export function parsePorts(value: string | number): PortRange | undefined {
  const match = /^ *([0-9]{1,5}) *(?:- *([0-9]{1,5}) *)?$/.exec(String(value));
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from <= to && to <= 65535 ? [from, to] : undefined;
}
