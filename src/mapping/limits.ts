/** What a mapping file may be made of; what exceeds one of these is refused with its place. */

/** Fields of a user's own: each takes room in every flow. */
export const MAX_CUSTOM_FIELDS = 256;

/** Rows of each list of a file. */
export const MAX_MAPPINGS = 4096;

/** Characters of a name. */
export const MAX_NAME = 256;
