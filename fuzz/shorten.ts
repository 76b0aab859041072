import type { Session } from './seeds.ts';

/**
 * A shorter session that still fails: drops datagrams, then cuts their ends.
 *
 * @param fails whether a session still breaks a promise
 */
export function shorten(session: Session, fails: (candidate: Session) => boolean): Session {
  if (!fails(session)) return session;
  let current = session;
  for (let i = current.length - 1; i >= 0; i--) {
    const without = current.filter((_, j) => j !== i);
    if (fails(without)) current = without;
  }
  for (let i = 0; i < current.length; i++) {
    for (let cut = current[i]!.length >> 1; cut > 0; cut >>= 1) {
      const shorter = current.map((input, j) => (j === i && input.length > cut ? input.slice(0, -cut) : input));
      if (fails(shorter)) current = shorter;
    }
  }
  return current;
}
