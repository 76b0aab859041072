/** The formats that `-format` takes. */
export const formatNames: readonly string[] = ['json', 'text', 'bin'] satisfies FormatName[];

export type FormatName = 'json' | 'text' | 'bin';
