import koffi from 'koffi';
import { loadLibc, type Libc } from '#src/listen/libc.js';

/** What sending needs of the C library beside what receiving does. */
export interface SendingLibc extends Libc {
  connect(fd: number, address: Uint8Array, length: number): number;
  /** @param headers address of the first `struct mmsghdr` @returns datagrams that were sent */
  sendmmsg(fd: number, headers: number, count: number, flags: number): number;
}

export async function loadSendingLibc(): Promise<SendingLibc> {
  const libc = await loadLibc();
  const own = koffi.load(null);
  return {
    ...libc,
    connect: own.func('int connect(int, const void *, unsigned int)') as SendingLibc['connect'],
    sendmmsg: own.func('int sendmmsg(int, uintptr_t, unsigned int, int)') as SendingLibc['sendmmsg'],
  };
}
