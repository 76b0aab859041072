import { DocumentScope } from './document-scope.ts';
import type { DocumentTree } from './document-scope.ts';
import type { ContextDraft } from './draft.ts';
import { describeIssue } from '../../config/issue-text.ts';
import type { Problems } from '../../config/problems.ts';
import { readApplication } from './read-applications.ts';
import { readExporter } from './read-exporters.ts';
import { readNetwork } from './read-networks.ts';
import { contextSchema } from './schema.ts';
import type { ContextDocument } from './schema.ts';

/** Checks the form of a document; undefined, with the problems taken down, when it is wrong. */
export function checkDocument(tree: DocumentTree, problems: Problems): ContextDocument | undefined {
  const result = contextSchema.safeParse(tree.value ?? {});
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const { path, message } = describeIssue(issue, contextSchema);
    problems.add(tree.place(path), message);
  }
  return undefined;
}

/**
 * Takes a document whose form is right into a draft, save the bulk files that it names.
 *
 * @param source number of the document among the sources of the draft
 */
export function readDocument(
  draft: ContextDraft,
  source: number,
  tree: DocumentTree,
  document: ContextDocument,
  problems: Problems,
): void {
  const scope = new DocumentScope(draft, source, tree, problems);
  document.networks?.forEach((network, i) => readNetwork(scope, network, ['networks', i]));
  document.exporters?.forEach((exporter, i) => readExporter(scope, exporter, ['exporters', i]));
  document.applications?.forEach((application, i) => readApplication(scope, application, ['applications', i]));
}
