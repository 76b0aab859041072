import { ConfigError } from '../config/errors.ts';
import type { demoOptions } from '../config/groups/demo.ts';
import type { OptionValues } from '../config/option.ts';
import { parseHttpAddress } from '../http/http-address.ts';
import type { FleetOptions } from '../simulate/index.ts';

const MOST_FLOWS = 50_000;

/** How much simulated exporters send, and where to, as flags have it. */
export function fleetOptions(
  values: OptionValues<typeof demoOptions>,
): Pick<FleetOptions, 'netflow' | 'sflow' | 'rate'> {
  const rate = values['demo.rate'];
  if (rate < 1 || rate > MOST_FLOWS) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'demo.rate' }, `1 to ${MOST_FLOWS} flows a second are possible`);
  }
  const to = (option: 'demo.netflow' | 'demo.sflow') => endpoint(values[option], option);
  return { netflow: to('demo.netflow'), sflow: to('demo.sflow'), rate };
}

function endpoint(text: string, option: string): FleetOptions['netflow'] {
  if (text === '') return undefined;
  const { host, port } = parseHttpAddress(text, option);
  return { address: host ?? '127.0.0.1', port };
}
