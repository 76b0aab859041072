import { ConfigError } from '../config/errors.ts';
import { loadLibc } from './libc.ts';
import type { UdpTarget } from './listen-target.ts';

/**
 * How the datagrams of a listener are received: by `recvmmsg` where the C library can be called, else, or where it
 * was asked for, by `node:dgram`.
 *
 * @param load finds out whether batch receive is possible; rejects with the reason when not
 * @throws ConfigError when `?receive=mmsg` asks for what is not possible here
 */
export async function chooseReceive(
  { receive, uri }: Pick<UdpTarget, 'receive' | 'uri'>,
  load: () => Promise<unknown> = loadLibc,
): Promise<'dgram' | 'mmsg'> {
  if (receive === 'dgram') return 'dgram';
  try {
    await load();
    return 'mmsg';
  } catch (error) {
    if (receive === 'auto') return 'dgram';
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError('GF_LISTEN_RECEIVE', { option: 'listen' }, `${uri}: receive=mmsg: ${reason}`, error);
  }
}
