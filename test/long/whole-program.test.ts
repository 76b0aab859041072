/** The full form of `cmd/whole-program.test.ts`: all eight ways. */
import { test } from 'node:test';
import { environmentName, pairwise, remaining, skipIn } from '../support/environments.ts';
import { everyFlow, overload, rubbish, shutdown } from '../support/whole-program.ts';

const checks = {
  'every flow once': everyFlow,
  'I1 more than can be handled': overload,
  'F-14, R-11 SIGTERM under load': shutdown,
  'F-32 rubbish': rubbish,
};

for (const environment of [...pairwise, ...remaining]) {
  for (const [name, check] of Object.entries(checks)) {
    test(`${name} (${environmentName(environment)})`, skipIn(environment), (t) => check(t, environment));
  }
}
