import type { CollectorView } from './view.ts';

/** The books of one moment, as JSON. */
export function accountingPage(view: CollectorView): unknown {
  const { counters, books } = view.accounting();
  return {
    state: view.state,
    identities: Object.fromEntries(books.map(({ identity, ...rest }) => [identity, rest])),
    counters: counters.snapshot(),
  };
}
