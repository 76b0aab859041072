import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { didYouMean } from '../config/did-you-mean.ts';
import { ConfigError } from '../config/errors.ts';
import { describeIssue } from '../config/issue-text.ts';
import { Problems } from '../config/problems.ts';
import { MAX_YAML_BYTES } from '../config/yaml/limits.ts';
import { parseYaml } from '../config/yaml/parse-yaml.ts';
import type { YamlPath, YamlTree } from '../config/yaml/yaml-tree.ts';
import type { ElementRegistry } from '../decode/elements/registry.ts';
import { layers } from '../decode/headers/layers.ts';
import type { CustomDeclaration } from '../flow/custom-fields.ts';
import type { Column } from '../flow/fields.ts';
import type { ElementMapping } from '../produce/mapped/element-mappings.ts';
import { layerAliases, places, viaOf } from '../produce/mapped/layer-mappings.ts';
import type { LayerMapping } from '../produce/mapped/layer-mappings.ts';
import { declarationProblem } from './declarations.ts';
import { isNumber, sizesOf } from './destination-sizes.ts';
import type { Mapping } from './mapping.ts';
import { Names } from './names.ts';
import { readColumns } from './read-columns.ts';
import { mappingSchema } from './schema.ts';
import type { ElementDocument, LayerDocument, MappingDocument } from './schema.ts';

/** What a file is read with. */
export interface MappingSurroundings {
  /** Elements by name. */
  readonly elements: () => ElementRegistry;
  /** The columns that flows have beside those of every message: scaled ones, countries. */
  readonly optional: readonly Column[];
}

/** A mapping and what is odd about its file. */
export interface ReadMapping {
  readonly mapping: Mapping;
  readonly warnings: readonly string[];
}

/**
 * Reads and checks a mapping file.
 *
 * @throws GoFlowError with every mistake, a line each with its place
 */
export function readMapping(file: string, surroundings: MappingSurroundings): ReadMapping {
  return parseMapping(readOctets(file), file, surroundings);
}

/** {@link readMapping} for what is read already. */
export function parseMapping(octets: Uint8Array, file: string, surroundings: MappingSurroundings): ReadMapping {
  const problems = new Problems('GF_MAPPING_FILE');
  const tree = parseYaml(octets, { file, code: 'GF_MAPPING_FILE' });
  if (tree.value === null) throw new ConfigError('GF_MAPPING_FILE', { file }, 'is empty');
  const checked = mappingSchema.safeParse(tree.value, { reportInput: true });
  if (!checked.success) {
    for (const issue of checked.error.issues) {
      const { path, message } = describeIssue(issue, mappingSchema);
      problems.add(tree.place(path), message);
    }
    problems.throwIfAny();
  }
  const reader = new MappingReader(tree, problems, surroundings);
  const read = reader.read(checked.data!);
  problems.throwIfAny();
  return read;
}

function readOctets(file: string): Uint8Array {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    if (size > MAX_YAML_BYTES) throw new Error(`${size} octets are more than the ${MAX_YAML_BYTES} allowed`);
    return readFileSync(handle);
  } catch (error) {
    throw new ConfigError('GF_MAPPING_FILE', { file }, `cannot be read: ${(error as Error).message}`, error);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

class MappingReader {
  readonly #tree: YamlTree;
  readonly #problems: Problems;
  readonly #surroundings: MappingSurroundings;
  readonly #warnings: string[] = [];
  #registry: ElementRegistry | undefined;
  #fields: CustomDeclaration[] = [];
  #names = new Names(new Set(), []);

  constructor(tree: YamlTree, problems: Problems, surroundings: MappingSurroundings) {
    this.#tree = tree;
    this.#problems = problems;
    this.#surroundings = surroundings;
  }

  read({ formatter, ipfix, netflowv9, sflow }: MappingDocument): ReadMapping {
    const { optional } = this.#surroundings;
    this.#readDeclarations(formatter?.protobuf ?? []);
    this.#names = new Names(new Set(this.#fields.map(({ name }) => name)), optional);
    const problem = this.#problem.bind(this);
    const { columns, context } = readColumns(formatter ?? {}, this.#names, optional, problem);
    const mapping: Mapping = {
      fields: this.#fields,
      columns,
      context,
      key: this.#readKey(formatter?.key ?? []),
      elements: [
        ...this.#readElements(10, 'ipfix', ipfix?.mapping ?? []),
        ...this.#readElements(9, 'netflowv9', netflowv9?.mapping ?? []),
      ],
      layers: (sflow?.mapping ?? []).flatMap((layer, i) => this.#readLayer(layer, ['sflow', 'mapping', i])),
      ports: (sflow?.ports ?? []).map(({ proto, dir, port, parser }, i) => {
        if (!layers.some((layer) => layer.name === parser)) {
          const hint = didYouMean(
            parser,
            layers.map((layer) => layer.name),
          );
          problem(['sflow', 'ports', i, 'parser'], `there is no parser ${parser}${hint}`);
        }
        return { protocol: proto, direction: dir, port, parser };
      }),
    };
    return { mapping, warnings: this.#warnings };
  }

  #problem(path: YamlPath, message: string): void {
    this.#problems.add(this.#tree.place(path), message);
  }

  #warn(path: YamlPath, message: string): void {
    this.#warnings.push(new ConfigError('GF_MAPPING_FILE', this.#tree.place(path), message).message);
  }

  #readDeclarations(declared: NonNullable<NonNullable<MappingDocument['formatter']>['protobuf']>): void {
    declared.forEach(({ name, index, type, array }, i) => {
      const declaration: CustomDeclaration = {
        name,
        number: index,
        type: type === 'varint' ? 'varint' : 'octets',
        array: array === true,
      };
      const problem = declarationProblem(declaration, this.#fields, this.#surroundings.optional);
      if (problem !== undefined) this.#problem(['formatter', 'protobuf', i, problem.key], problem.message);
      else this.#fields.push(declaration);
    });
  }

  #readKey(key: readonly string[]): string[] {
    return key.flatMap((name, i) => {
      const meant = this.#names.key(name);
      if (typeof meant !== 'string') return [meant.name];
      this.#problem(['formatter', 'key', i], meant);
      return [];
    });
  }

  #readElements(version: 9 | 10, section: string, documents: readonly ElementDocument[]): ElementMapping[] {
    const seen = new Set<string>();
    return documents.flatMap((document, i) => {
      const path = [section, 'mapping', i];
      const element = this.#readElement(version, document, path);
      const destination = this.#destination(document.destination, path);
      const little = this.#isLittle(document, path);
      if (element === undefined || destination === undefined) return [];
      const which = `${element.pen}/${element.id}`;
      if (seen.has(which)) this.#warn([...path, 'field'], 'this element stands here before: the last line is used');
      seen.add(which);
      return [{ version, ...element, destination, little }];
    });
  }

  /** The element that a line means; undefined, with the problem taken down, when there is none. */
  #readElement(
    version: 9 | 10,
    { field, pen, penprovided }: ElementDocument,
    path: YamlPath,
  ): { readonly pen: number; readonly id: number } | undefined {
    const refuse = (key: string, message: string): undefined => {
      this.#problem([...path, key], message);
    };
    const enterprise = penprovided ?? (pen !== undefined && pen !== null && pen !== 0);
    if (typeof field === 'string') {
      if (pen !== undefined && pen !== null)
        return refuse('pen', 'the name of an element says which enterprise it is of');
      const registry = (this.#registry ??= this.#surroundings.elements());
      const named = registry.byName(field);
      if (named === undefined) {
        const all = [...registry].map(({ vendor, name }) => (vendor === 'iana' ? name : `${vendor}:${name}`));
        return refuse('field', `${field} is no element that is known${didYouMean(field, all)}`);
      }
      if (version === 9 && named.pen !== 0) return refuse('field', `${field} has no number in NetFlow v9: give it`);
      return { pen: named.pen, id: named.id };
    }
    if (version === 9 && enterprise) return refuse(pen ? 'pen' : 'penprovided', 'NetFlow v9 has no enterprise numbers');
    if (!enterprise && pen) return refuse('pen', 'penprovided: false says that there is none');
    return { pen: enterprise ? (pen ?? 0) : 0, id: field };
  }

  #readLayer(document: LayerDocument, path: YamlPath): LayerMapping[] {
    // A number is taken as it is written: etype and others never begin with a digit.
    const layer = this.#tree.text([...path, 'layer']) ?? String(document.layer);
    const known = [...new Set(layers.flatMap(({ keys }) => keys)), ...places, ...layerAliases.keys()];
    if (!known.includes(layer) && viaOf(layer) === undefined) {
      this.#problem([...path, 'layer'], `there is no layer ${layer}${didYouMean(layer, known)}`);
    }
    const destination = this.#destination(document.destination, path);
    const little = this.#isLittle(document, path);
    if (destination === undefined) return [];
    const { offset, length, encap } = document;
    const sizes = sizesOf(destination, this.#fields);
    if (length > 0 && !sizes.allows(length)) this.#problem([...path, 'length'], `${destination} takes ${sizes.text}`);
    if (little && isNumber(destination, this.#fields) && length % 8 !== 0) {
      this.#problem([...path, 'length'], 'a number in little endian has whole octets: a multiple of 8 bits');
    }
    return [{ layer, encap: encap === true, offset, length, destination, little }];
  }

  #destination(name: string, path: YamlPath): string | undefined {
    const meant = this.#names.destination(name);
    if (typeof meant !== 'string') return meant.name;
    this.#problem([...path, 'destination'], meant);
    return undefined;
  }

  #isLittle({ endianness, endian }: ElementDocument | LayerDocument, path: YamlPath): boolean {
    if (endianness && endian && endianness !== endian) {
      this.#problem([...path, 'endian'], 'contradicts endianness, which is the same');
    }
    return (endianness ?? endian) === 'little';
  }
}
