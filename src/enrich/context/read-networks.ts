import type { YamlPath } from '../../config/yaml/yaml-tree.ts';
import type { DocumentScope } from './document-scope.ts';
import type { NetworkDocument } from './schema.ts';

/** Takes a network into a draft; `path` leads to it in its document. */
export function readNetwork(scope: DocumentScope, network: NetworkDocument, path: YamlPath): void {
  const { networks } = scope.draft;
  const subject = {
    subject: networks.texts.internText(network.name),
    attributes: scope.attributes(networks, [...path, 'context']),
    inherit: network.inherit ?? true,
  };
  const found =
    scope.prefixes(networks.prefixes, network.cidr, [...path, 'cidr'], subject) +
    scope.prefixes(networks.prefixes, network.range, [...path, 'range'], subject) +
    scope.prefixList(networks.prefixes, network.cidrs, [...path, 'cidrs'], subject);
  if (found === 0) scope.problem(path, 'has no prefix: cidr, cidrs or range is expected');
}
