import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chooseReceive } from '#src/listen/receive.js';

const uri = 'netflow://:2055?receive=mmsg';
const possible = async () => ({});
const impossible = async () => {
  throw new Error('it needs Linux on x64 or arm64, and this is darwin on arm64');
};

test('batch receive is chosen where it is possible', async () => {
  assert.equal(await chooseReceive({ uri, receive: 'auto' }, possible), 'mmsg');
  assert.equal(await chooseReceive({ uri, receive: 'mmsg' }, possible), 'mmsg');
  assert.equal(await chooseReceive({ uri, receive: 'auto' }, impossible), 'dgram');
});

test('receive=dgram does not even try', async () => {
  assert.equal(await chooseReceive({ uri, receive: 'dgram' }, () => assert.fail('tried')), 'dgram');
});

test('receive=mmsg is an error where it is not possible', async () => {
  await assert.rejects(chooseReceive({ uri, receive: 'mmsg' }, impossible), {
    code: 'GF_LISTEN_RECEIVE',
    message:
      '-listen: netflow://:2055?receive=mmsg: receive=mmsg: ' +
      'it needs Linux on x64 or arm64, and this is darwin on arm64',
  });
});
