// Faults that no test can notice, by file and code, each with the reason. They do not count as survivors.
export const known = [];
