import type { ApplicationTable } from './application-table.ts';
import { AttributeSets } from './attribute-sets.ts';
import { directionNames } from './direction.ts';
import type { ApplicationDraft, ContextDraft } from './draft.ts';
import { FragmentFiller, addAttributes, beginFragments, layFragments } from './fragments.ts';
import type { ContextOutput } from './fragments.ts';
import { MAX_APPLICATIONS } from './limits.ts';
import type { NetworkReferences } from './network-references.ts';
import { inOrder, sortRules } from './rules-by-port.ts';
import { TableLayout } from './table-memory.ts';
import type { AllocateMemory } from './table-memory.ts';

/** Compiles application rules, and the names of directions. */
export function compileApplications(
  { applications: drafts, sources }: Pick<ContextDraft, 'applications' | 'sources'>,
  references: NetworkReferences,
  output: ContextOutput,
  allocate: AllocateMemory,
  onTooMany: (application: ApplicationDraft) => void,
): ApplicationTable {
  const all = inOrder(drafts.list, sources);
  const rules = all.slice(0, howManyFit(all));
  for (const rule of all.slice(rules.length)) onTooMany(rule);
  const { protocols, ports, lists } = sortRules(rules)!;

  const sets = new AttributeSets(drafts);
  const filler = new FragmentFiller(drafts.texts, output);
  const names = directionNames.map((name) => (name === '' ? -1 : drafts.texts.internText(name)));
  const fill = (): { directions: Uint32Array; words: Uint32Array } => {
    const key = filler.keys.number('direction');
    const directions = Uint32Array.from(names, (name) => (name < 0 ? 0 : filler.add([key, name], 2)));
    const words = new Uint32Array(rules.length * 2);
    for (const [i, rule] of rules.entries()) {
      const own = [filler.keys.number('application'), rule.name];
      words[2 * i] = addAttributes(filler, sets, sets.merge(0, rule.attributes), 'application_', own);
      words[2 * i + 1] = references.ofApplication(rule) + 1;
    }
    return { directions, words };
  };
  const { directions, words } = fill();
  const layout = new TableLayout()
    .add('directions', directions)
    .add('protocols', protocols)
    .add('ports', ports)
    .add('lists', lists)
    .add('rules', words);
  layFragments(layout, filler, drafts.texts);
  const table = layout.make(allocate);
  beginFragments(table, filler, drafts.texts);
  fill();
  return { table, keys: filler.keys.names, rules: rules.length };
}

/** How many rules there can be, the strongest first. */
function howManyFit(rules: readonly ApplicationDraft[]): number {
  let [fit, tooMany] = [0, Math.min(rules.length, MAX_APPLICATIONS) + 1];
  // All of them, most likely.
  for (let count = tooMany - 1; tooMany - fit > 1; count = (fit + tooMany) >>> 1) {
    if (sortRules(rules.slice(0, count)) === undefined) tooMany = count;
    else fit = count;
  }
  return fit;
}
