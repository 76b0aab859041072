/** The folder of the project, from the compiled benchmarks. */
export const root = new URL('../../', import.meta.url);
