// Run as a program of its own: gives up root, then tries to open a low port with each implementation that is named.
import { loadLibc } from '#src/listen/libc.js';
import { openUdpSockets } from '#src/listen/udp-socket.js';
import { UdpDgramListener } from '#src/listen/udp-dgram.js';

if (process.argv.includes('mmsg')) await loadLibc(); // while its files can still be read
if (process.getuid!() === 0) {
  process.setgid!(65_534);
  process.setuid!(65_534);
}
const sink = { poll: () => 'go' as const, datagram() {}, endOfBatch() {} };
for (const implementation of process.argv.slice(2)) {
  const options = { uri: 'netflow://:999', host: '', port: 999, receiveBuffer: 65_536 };
  try {
    if (implementation === 'dgram') await new UdpDgramListener(options).start(sink);
    else await openUdpSockets(options, 1);
    console.log('bound');
  } catch (error) {
    console.log((error as Error).message);
  }
}
process.exit();
