import { parseYaml } from '#src/config/yaml/parse-yaml.js';
import { compileContext } from '#src/enrich/context/compile-context.js';
import { ContextEnricher } from '#src/enrich/context/context-enricher.js';
import { ContextModel } from '#src/enrich/context/context-model.js';
import { contextOutput } from '#src/enrich/context/context-output.js';
import { ContextDraft } from '#src/enrich/context/draft.js';
import type { LearnedContext } from '#src/enrich/learned/learned-context.js';
import { Problems } from '#src/config/problems.js';
import { checkDocument, readDocument } from '#src/enrich/context/read-document.js';
import { parseAddress } from '#src/flow/address.js';
import { slotOf } from '#src/flow/fields.js';
import type { ColumnName } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { Counters } from '#src/metrics/counters.js';

export interface ContextOptions {
  readonly format?: string;
  readonly keys?: readonly string[];
  readonly learned?: LearnedContext;
}

/** The context of some documents, later ones over earlier ones; throws what is wrong with them. */
export function contextOf(
  texts: string | readonly string[],
  { format = 'json', keys = [], learned }: ContextOptions = {},
) {
  const draft = new ContextDraft();
  const problems = new Problems('GF_CONTEXT_FILE');
  for (const [i, text] of [texts].flat().entries()) {
    const file = `context${i === 0 ? '' : i}.yaml`;
    problems.catch(() => {
      const tree = parseYaml(new TextEncoder().encode(text), { file, code: 'GF_CONTEXT_FILE' });
      const document = checkDocument(tree, problems);
      if (document === undefined) return;
      readDocument(draft, draft.addSource({ kind: 'file', name: file }), tree, document, problems);
    });
  }
  const tables = compileContext(draft, contextOutput(format, keys), problems);
  problems.throwIfAny();
  const counters = new Counters();
  const model = new ContextModel(tables);
  return { model, tables, counters, enricher: new ContextEnricher(model, counters, learned) };
}

/** A record with some columns: addresses as text, everything else as a number. */
export function flowWith(columns: Partial<Record<ColumnName, string | number>>): FlowRecord {
  const flow = new FlowRecord();
  for (const [name, value] of Object.entries(columns)) {
    const slot = slotOf(name as ColumnName);
    if (typeof value === 'number') flow.words[slot] = value;
    else {
      const octets = parseAddress(value)!;
      flow.setAddress(slot, octets, 0, octets.length);
    }
  }
  return flow;
}

/** Key-values that a flow gets, in their order. */
export function contextOfFlow(enricher: ContextEnricher, flow: FlowRecord): Record<string, string> {
  enricher.enrich(flow);
  const entries = flow.context.entries();
  const context = Object.fromEntries(entries);
  if (Object.keys(context).length !== entries.length) throw new Error(`a key twice: ${JSON.stringify(entries)}`);
  return context;
}
