import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firewallText, sourceRule } from '#src/listen/firewall.js';
import { findPrefix, parsePrefixes } from '#src/listen/prefix-list.js';
import type { Prefix } from '#src/listen/prefix-list.js';

const prefixes = (...texts: string[]) => parsePrefixes(texts, 'exporters.allow');
const rule = (allow: string[], deny: string[] = []) =>
  sourceRule({ allow: prefixes(...allow), deny: prefixes(...deny) });

test('S-05 what is denied is cut out of what is allowed, and nothing else is', () => {
  const octets = fc.uint8Array({ minLength: 4, maxLength: 4 });
  // few bits, so that prefixes meet
  const prefix: fc.Arbitrary<Prefix> = fc.record({
    octets: fc.tuple(fc.integer({ min: 0, max: 3 }), octets).map(([first, rest]) => rest.with(0, first)),
    bits: fc.integer({ min: 4, max: 12 }),
  });
  const source = octets.map((address) => address.with(0, address[0]! & 3));
  fc.assert(
    fc.property(fc.array(prefix), fc.array(prefix), source, (allow, deny, address) => {
      const { only, sources } = sourceRule({ allow, deny });
      const listed = allow.length === 0 || findPrefix(allow, address, 4);
      const taken = listed && !findPrefix(deny, address, 4);
      assert.equal(findPrefix(sources, address, 4), only ? taken : !taken);
    }),
    { numRuns: 2000 },
  );
});

test('S-05 a hole in a network leaves the fewest networks around it', () => {
  const { only, sources } = rule(['10.0.0.0/29', '2001:db8::/32'], ['10.0.0.3', '10.0.0.6/31', '192.0.2.0/24']);
  assert.equal(only, true);
  assert.equal(
    firewallText('systemd', { only, sources }, []),
    [
      '[Service]',
      '# This holds for all that the unit receives and sends: add those who scrape it, and its NATS servers.',
      'IPAddressDeny=any',
      'IPAddressAllow=localhost',
      'IPAddressAllow=10.0.0.0/31',
      'IPAddressAllow=10.0.0.2/32',
      'IPAddressAllow=10.0.0.4/31',
      'IPAddressAllow=2001:db8::/32',
      '',
    ].join('\n'),
  );
});

test('S-05 who is denied, where all others may send', () => {
  const denied = rule([], ['198.51.100.7/24', '2001:db8::1']);
  assert.equal(
    firewallText('systemd', denied, [2055]),
    '[Service]\nIPAddressDeny=198.51.100.0/24\nIPAddressDeny=2001:db8::1/128\n',
  );
  assert.equal(
    firewallText('ip6tables', denied, [2055]),
    [
      '# ip6tables-restore --noflush',
      '*filter',
      ':GOFLOW2PLUS - [0:0]',
      '-A GOFLOW2PLUS -s 2001:db8::1/128 -j DROP',
      '-I INPUT -p udp --dport 2055 -j GOFLOW2PLUS',
      'COMMIT',
      '',
    ].join('\n'),
  );
});
