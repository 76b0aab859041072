import { ConfigError, GoFlowError } from '../config/errors.ts';
import { formatNames } from '../format/format-names.ts';
import { parseSubjectPattern } from '../format/subject-pattern.ts';
import type { CollectorOptions } from './collector-options.ts';

/** @throws GoFlowError for a producer or format that does not exist, and for a pair that does not go together */
export function checkProduction(produce: string, format: string): void {
  if (produce !== 'sample' && produce !== 'raw') {
    throw new GoFlowError('GF_PRODUCER_UNKNOWN', `producer does not exist: ${produce}`);
  }
  if (!formatNames.includes(format)) throw new GoFlowError('GF_FORMAT_UNKNOWN', `format error ${format} not found`);
  if (produce === 'raw' && format === 'bin') {
    throw new GoFlowError(
      'GF_FORMAT_UNKNOWN',
      '-format bin: a raw message is not serializable for it: use json or text',
    );
  }
}

/** @throws ConfigError for a subject pattern with keys of the context, of which there is none */
export function checkSubject(pattern: string, { context, contextBucket, learned }: CollectorOptions): void {
  const option = 'transport.nats.subject';
  const isRead = (context?.files.length ?? 0) > 0 || context?.url !== undefined || contextBucket !== undefined;
  if (isRead || learned === 'on') return;
  if (!parseSubjectPattern(pattern, option).usesContext) return;
  throw new ConfigError(
    'GF_OPTION_VALUE',
    { option },
    `${JSON.stringify(pattern)} needs a -context.config, .http.url, .nats.bucket or -context.learned on`,
  );
}
