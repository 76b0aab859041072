// Run as a program of its own: gives up root, then tries to open a low port with each implementation that is named.
import { UdpDgramListener } from '#src/listen/udp-dgram.js';

if (process.getuid!() === 0) {
  process.setgid!(65_534);
  process.setuid!(65_534);
}
const sink = { poll: () => 'go' as const, datagram() {}, endOfBatch() {} };
for (const implementation of process.argv.slice(2)) {
  const options = { scheme: 'netflow', host: '', zone: undefined, port: 999, receiveBuffer: 65_536 } as const;
  try {
    if (implementation === 'dgram') await new UdpDgramListener(options).start(sink);
    console.log('bound');
  } catch (error) {
    console.log((error as Error).message);
  }
}
process.exit();
