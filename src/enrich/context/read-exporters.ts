import type { YamlPath } from '../../config/yaml/yaml-tree.ts';
import type { DocumentScope } from './document-scope.ts';
import type { PortDraft } from './draft.ts';
import type { ExporterDocument } from './schema.ts';

/** Takes an exporter with its interfaces and VRFs into a draft; `path` leads to it in its document. */
export function readExporter(scope: DocumentScope, exporter: ExporterDocument, path: YamlPath): void {
  const { exporters } = scope.draft;
  const { sampling } = exporter;
  const interfaces = (exporter.interfaces ?? []).map(({ index, name }) => [index, name] as const);
  const vrfs = (exporter.vrfs ?? []).map(({ id, name }) => [id, name] as const);
  const count = exporters.list.push({
    name: exporters.texts.internText(exporter.name),
    interfaces: readPorts(scope, interfaces, [...path, 'interfaces']),
    vrfs: readPorts(scope, vrfs, [...path, 'vrfs']),
    sampling: { override: sampling?.override ?? 0, default: sampling?.default ?? 0 },
  });
  const subject = {
    subject: count - 1,
    attributes: scope.attributes(exporters, [...path, 'context']),
    inherit: exporter.inherit ?? true,
  };
  const found =
    scope.prefixes(exporters.prefixes, exporter.address, [...path, 'address'], subject) +
    scope.prefixList(exporters.prefixes, exporter.addresses, [...path, 'addresses'], subject);
  if (found === 0) scope.problem(path, 'has no address: address or addresses is expected');
}

/** Interfaces or VRFs, each number once. */
function readPorts(
  scope: DocumentScope,
  ports: readonly (readonly [number: number, name: string])[],
  path: YamlPath,
): PortDraft[] {
  const { exporters } = scope.draft;
  const seen = new Set<number>();
  return ports.map(([number, name], i) => {
    const at = [...path, i];
    if (seen.has(number)) scope.problem(at, `${number} stands in this list twice`);
    seen.add(number);
    const attributes = scope.attributes(exporters, [...at, 'context']);
    return { number, name: exporters.texts.internText(name), attributes, place: scope.place(at) };
  });
}
