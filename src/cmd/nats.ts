import { ConfigError } from '../config/errors.ts';
import { checkChoices } from '../config/choices.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { natsInitOptions } from '../config/groups/nats-init.ts';
import type { OptionValues } from '../config/option.ts';
import { usageText } from '../config/usage.ts';
import { parseSubjectPattern } from '../format/subject-pattern.ts';
import { Log } from '../log/log.ts';
import { natsConnectionSettings, natsStreamSettings } from '../transport/nats/from-options.ts';

const program = 'goflow2plus nats init';

type Values = OptionValues<typeof natsInitOptions>;

/** `goflow2plus nats init`: makes the stream, and with `-clickhouse` the consumer that ClickHouse reads by. */
export async function natsCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(natsInitOptions, argv, { program, anywhere: true });
  const usage = usageText(program, natsInitOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  if (positional.join(' ') !== 'init') {
    const given = positional.length === 0 ? 'nothing' : JSON.stringify(positional.join(' '));
    throw new FlagError('GF_FLAG_SUBCOMMAND', `goflow2plus nats takes init, not ${given}`, usage);
  }
  checkChoices(natsInitOptions, values);
  return init(values);
}

async function init(values: Values): Promise<number> {
  const log = new Log({ level: 'warn', format: 'normal' });
  const { initNats } = await import('../transport/nats/init.ts');
  const consumer = values['consumer'] === '' && values.clickhouse ? 'clickhouse' : values['consumer'];
  if (!/^[A-Za-z0-9_-]*$/.test(consumer)) {
    throw new ConfigError('GF_OPTION_VALUE', { option: 'consumer' }, 'letters, digits, - and _ are possible');
  }
  const lines = await initNats(
    {
      connection: natsConnectionSettings(values),
      stream: natsStreamSettings({ ...values, 'transport.nats.stream.mode': 'create' }),
      subject: values['transport.nats.subject'],
      consumer: consumer === '' ? undefined : consumer,
    },
    log.logger,
  );
  await log.close();
  if (values.clickhouse) lines.push('', clickhouseSettings(values, consumer));
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** The end of a `CREATE TABLE` that reads the stream by the consumer. */
function clickhouseSettings(values: Values, consumer: string): string {
  const servers = values['transport.nats.servers'].map((url) => url.replace(/^[a-z]+:\/\/(.*@)?/is, ''));
  const settings = {
    [servers.length === 1 ? 'nats_url' : 'nats_server_list']: servers.join(','),
    nats_stream: values['transport.nats.stream'],
    nats_consumer_name: consumer,
    nats_subjects: parseSubjectPattern(values['transport.nats.subject'], 'transport.nats.subject').wildcard,
    nats_format: 'Protobuf',
    nats_schema: 'flow.proto:FlowMessage',
  };
  const rows = Object.entries(settings).map(([name, value]) => `    ${name} = '${value.replaceAll("'", "\\'")}'`);
  return `ENGINE = NATS SETTINGS\n${rows.join(',\n')};`;
}
