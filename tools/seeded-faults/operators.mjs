// The kinds of faults: each finds its places in the built code and says what stands there instead.

const reasonsOf = (counters, family) =>
  counters.filter(({ name }) => name.startsWith(`${family}:`)).map(({ name }) => name.slice(family.length + 1));

/**
 * @param counters the table of all counters, for reasons that can be swapped
 * @returns `{ name, pattern, replace(match, ...groups) }`; a replacement equal to the match is no fault
 */
export function operators(counters) {
  const next = (list, item) => (list.includes(item) ? list[(list.indexOf(item) + 1) % list.length] : undefined);
  const failures = reasonsOf(counters, 'datagrams_failed');
  return [
    {
      name: 'bound check gone',
      pattern: /if \(!([\w.#]+\.take\([^;{}]*?\))\)(?= )/g,
      replace: (_, claim) => `if (${claim}, false)`,
    },
    {
      name: 'length off by one',
      pattern: /\.take\((\d+)\)/g,
      replace: (_, length) => `.take(${Number(length) - 1})`,
    },
    {
      name: 'offset off by one',
      pattern: /\.(u8|u16|u24|u32|getUint8|getUint16|getUint32)\((at \+ )?(\d+)\)/g,
      replace: (_, read, base, offset) => `.${read}(${base ?? ''}${Number(offset) + 1})`,
    },
    {
      name: 'comparison off by one',
      pattern: / (<|>|<=|>=) (?=[\w.#]+)/g,
      replace: (_, sign) => ` ${{ '<': '<=', '>': '>=', '<=': '<', '>=': '>' }[sign]} `,
    },
    {
      name: 'limit gone',
      pattern: /(<|>|<=|>=|===) (MAX_\w+|this\.#max\w+)/g,
      replace: (_, sign) => `${sign} Infinity`,
    },
    {
      name: 'counter increment gone',
      pattern: /[\w.#]*\bcounters\.add\([^;]*\);/g,
      replace: () => ';',
    },
    {
      name: 'counter increment gone',
      pattern: /(values\[\w+\]) \+= [\w.]+;/g,
      replace: (_, place) => `${place} += 0;`,
    },
    {
      name: 'reason swapped',
      pattern: /'(notices|sets_skipped|records_dropped|datagrams_failed|flows_dropped):(\w+)'/g,
      replace: (match, family, reason) => {
        const other = next(reasonsOf(counters, family), reason);
        return other === undefined ? match : `'${family}:${other}'`;
      },
    },
    {
      name: 'reason swapped',
      pattern: /return '(\w+)';/g,
      replace: (match, reason) => {
        const other = next(failures, reason);
        return other === undefined ? match : `return '${other}';`;
      },
    },
    {
      name: 'condition turned round',
      pattern: /(?<!else )if \((?!!)([^(){}]+)\)(?= )/g,
      replace: (_, condition) => `if (!(${condition}))`,
    },
    {
      name: 'result forgotten',
      pattern: /words\[[\w.]+\] = (?!0\b)[^;=]+;/g,
      replace: () => ';',
    },
  ];
}
