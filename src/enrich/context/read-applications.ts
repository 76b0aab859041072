import type { YamlPath } from '../../config/yaml/yaml-tree.ts';
import type { DocumentScope } from './document-scope.ts';
import type { ApplicationDraft } from './draft.ts';
import { parsePorts } from './port-text.ts';
import type { PortRange } from './port-text.ts';
import { parsePrefix } from '../../flow/prefix-text.ts';
import { parseProtocol } from '../../flow/protocol-text.ts';
import type { ApplicationDocument } from './schema.ts';

/** Takes an application rule into a draft; `path` leads to it in its document. */
export function readApplication(scope: DocumentScope, application: ApplicationDocument, path: YamlPath): void {
  const { applications } = scope.draft;
  const { proto, port, ports, network } = application;
  if (![proto, port, ports, network].some(isGiven)) {
    scope.problem(path, 'matches every flow: proto, port, ports or network is expected');
  }
  applications.list.push({
    name: applications.texts.internText(application.name),
    attributes: scope.attributes(applications, [...path, 'context']),
    protocol: readProtocol(scope, proto, [...path, 'proto']),
    ports: [...readPorts(scope, port, [...path, 'port']), ...readPorts(scope, ports, [...path, 'ports'])],
    network: readNetworkName(scope, network, [...path, 'network']),
    order: application.order ?? 0,
    place: scope.place(path),
  });
}

function readProtocol(
  scope: DocumentScope,
  proto: ApplicationDocument['proto'],
  path: YamlPath,
): ApplicationDraft['protocol'] {
  if (!isGiven(proto)) return undefined;
  const protocol = parseProtocol(proto);
  if (protocol === undefined) scope.problem(path, `${JSON.stringify(proto)} is no IP protocol`);
  return protocol;
}

function readPorts(scope: DocumentScope, value: ApplicationDocument['ports'], path: YamlPath): PortRange[] {
  if (!isGiven(value)) return [];
  if (Array.isArray(value)) return value.flatMap((each, i) => readPorts(scope, each, [...path, i]));
  const range = parsePorts(value);
  if (range === undefined) scope.problem(path, `${JSON.stringify(value)} is no port and no range of ports`);
  return range === undefined ? [] : [range];
}

/** What reads like a prefix is one, anything else the name of a network. */
function readNetworkName(
  scope: DocumentScope,
  text: ApplicationDocument['network'],
  path: YamlPath,
): ApplicationDraft['network'] {
  if (!isGiven(text)) return undefined;
  const prefix = parsePrefix(text);
  if (typeof prefix !== 'string') return prefix;
  if (/^([0-9.]+|[0-9a-f:]+:[0-9a-f:.]*)\//i.test(text)) scope.problem(path, prefix);
  return text;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
