import { ConfigError } from '../../config/errors.ts';
import type { UrlSettings } from './messages.ts';

const MIN_INTERVAL_MS = 100;

/**
 * The web server that `-context.http.url` names; undefined when it names none.
 *
 * @throws ConfigError for what cannot be asked
 */
export function urlSettings(url: string, intervalMs: number): UrlSettings | undefined {
  if (url === '') return undefined;
  const refuse = (option: string, why: string): never => {
    throw new ConfigError('GF_OPTION_VALUE', { option: `context.http.${option}` }, why);
  };
  if (!URL.canParse(url)) refuse('url', `${JSON.stringify(url)} is no URL`);
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') refuse('url', 'http: or https: is expected');
  if (username + password !== '') refuse('url', 'a password in it would be seen by other users of this machine');
  if (intervalMs < MIN_INTERVAL_MS) refuse('interval', `it is at least ${MIN_INTERVAL_MS} ms`);
  return { url, intervalMs };
}
