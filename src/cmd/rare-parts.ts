import type { Options } from '../config/options.ts';
import type * as readMapping from '../mapping/read-mapping.ts';
import type * as natsParts from '../pipeline/nats-parts.ts';

/** Parts that only some collectors need, and that take longer to load than all the others together. */
export interface RareParts {
  readonly nats?: typeof natsParts | undefined;
  readonly mapping?: typeof readMapping | undefined;
}

/** Loads those that the options ask for. */
export async function loadRareParts(options: Options): Promise<RareParts> {
  const usesNats =
    options.transport === 'nats' || options['context.nats.bucket'] !== '' || options['templates.nats.bucket'] !== '';
  const [nats, mapping] = await Promise.all([
    usesNats ? import('../pipeline/nats-parts.ts') : undefined,
    options.mapping === '' ? undefined : import('../mapping/read-mapping.ts'),
  ]);
  return { nats, mapping };
}
