/** The full form of `cmd/whole-program.test.ts`: all eight ways. */
import { test } from 'node:test';
import { environmentName, pairwise, remaining, skipIn } from '../support/environments.ts';
import { everyFlow, overload, rubbish, shutdown } from '../support/whole-program.ts';

for (const environment of [...pairwise, ...remaining]) {
  for (const check of [everyFlow, overload, shutdown, rubbish]) {
    test(`${check.name} (${environmentName(environment)})`, skipIn(environment), (t) => check(t, environment));
  }
}
