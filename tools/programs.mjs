/** What the project consists of when it runs: commands, and scripts of threads that they start, by their paths in dist. */
export const programs = ['goflow2plus', 'enricher'];
export const threads = [
  'pipeline/worker',
  ...['model', 'database', 'explain'].map((name) => `enrich/live/${name}-thread`),
];
