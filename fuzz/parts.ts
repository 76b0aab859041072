/** What is fuzzed with datagrams: the decoders by version, and the header parser by itself. */
export const targets = ['netflow-fixed', 'netflow-v9', 'ipfix', 'sflow', 'headers'] as const;
export type Target = (typeof targets)[number];

/** The part that reads files and expressions of users. */
export const TEXTS = 'texts';

/** What can be fuzzed by itself. This file loads nothing, so that coverage can be started before any code is. */
export const parts: readonly string[] = [...targets, TEXTS];
