let known: boolean | undefined;

/**
 * Whether this process may make code from strings; not so under `--disallow-code-generation-from-strings`. What is
 * compiled elsewhere is interpreted then.
 */
export function codegenAvailable(): boolean {
  known ??= probe();
  return known;
}

function probe(): boolean {
  try {
    return (new Function('return true') as () => boolean)();
  } catch (error) {
    if (error instanceof EvalError) return false;
    throw error;
  }
}
