/** The whole program, from the socket to the output, in the ways in which it can work. */
import { test } from 'node:test';
import { environmentName, environments, skipIn } from '../support/environments.ts';
import { everyFlow, overload, rubbish, shutdown } from '../support/whole-program.ts';

for (const environment of environments) {
  const [name, skip] = [environmentName(environment), skipIn(environment)];
  test(`every vector, 12 exporters of four protocols: each flow once (${name})`, skip, (t) =>
    everyFlow(t, environment),
  );
  test(`C-122, I1 more than can be handled: the kernel drops, all is counted, it says so (${name})`, skip, (t) =>
    overload(t, environment),
  );
  test(`F-14, R-11 SIGTERM under load: what was sent before is written, in whole lines (${name})`, skip, (t) =>
    shutdown(t, environment),
  );
  test(`F-32 rubbish is counted by reason, and the next valid datagram decodes (${name})`, skip, (t) =>
    rubbish(t, environment),
  );
}
