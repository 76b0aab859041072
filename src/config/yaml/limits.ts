/**
 * What a YAML file may be made of. Larger, deeper or more entangled ones are refused: the first two before they are
 * parsed, because a parser takes a hundred times the memory of its text.
 */

/** Octets of a file that people write. */
export const MAX_YAML_BYTES = 4 * 1024 * 1024;

/** Lists and maps inside each other, in the syntax: a pair of a map counts too. */
export const MAX_YAML_DEPTH = 64;

/** Values that aliases (`*name`) may stand for, all together. */
export const MAX_YAML_ALIASED = 10_000;
