/** What a context may be made of; what exceeds one of these is refused with its place. */

/** Octets of a file of bulk data. */
export const MAX_BULK_BYTES = 512 * 1024 * 1024;

/** Octets of one line of bulk data. */
export const MAX_BULK_LINE = 64 * 1024;

/** Characters of a name, and of the name of an attribute. */
export const MAX_NAME = 256;
export const MAX_ATTRIBUTE_NAME = 64;

/** Octets of the value of an attribute. */
export const MAX_VALUE = 1024;

/** Attributes of one object, those that it inherits not counted. */
export const MAX_ATTRIBUTES = 64;

/** Application rules, and entries in the lists of rules to try, by port, of rules that name a network. */
export const MAX_APPLICATIONS = 10_000;
export const MAX_RULE_LIST_WORDS = 4 * 1024 * 1024;
