// Links, amounts and configuration as people give them to the page.

import { describe, expect, it } from 'vitest';
import { formatApt, parseApt } from './amounts.ts';
import { type ChannelFacts, whyNotJoin } from './channel-facts.ts';
import { readConfig } from './config.ts';
import { anyPresence, keysToAsk } from './presence.ts';
import { parsePastedLink, parseRoute } from './route.ts';

describe('links', () => {
  it.each([
    ['', { page: 'lobby' }],
    ['#/', { page: 'lobby' }],
    ['#/c/12', { page: 'channel', channelId: '12' }],
    ['#/c/12/', { page: 'channel', channelId: '12' }],
    ['#/c/', { page: 'wrongLink', text: 'c/' }],
    ['#/c/-1', { page: 'wrongLink', text: 'c/-1' }],
    ['#/c/18446744073709551616', { page: 'wrongLink', text: 'c/18446744073709551616' }],
    ['#/other', { page: 'wrongLink', text: 'other' }],
  ])('%j is understood', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('may be pasted whole, in part, or as a number', () => {
    const channel = { page: 'channel', channelId: '7' };
    expect(parsePastedLink(' http://example.test/#/c/7 ')).toEqual(channel);
    expect(parsePastedLink('#/c/7')).toEqual(channel);
    expect(parsePastedLink('7')).toEqual(channel);
    expect(parsePastedLink('seven').page).toBe('wrongLink');
  });
});

describe('joining', () => {
  const member = { address: '0x1', nodeKey: '', valid: true, settledOut: false, stake: 0n };
  const facts: ChannelFacts = {
    channelId: '1',
    stateType: '',
    stake: 0n,
    settledHeight: 5n,
    closing: false,
    closed: false,
    members: [member],
  };

  it('is possible while a member is there, and where nobody is any more or ever was', () => {
    expect(whyNotJoin(facts)).toBeUndefined();
    expect(whyNotJoin({ ...facts, members: [{ ...member, settledOut: true }] })).toBeUndefined();
    expect(whyNotJoin({ ...facts, settledHeight: 0n, members: [] })).toBeUndefined();
  });

  it('is not when nobody answers through the relay, or nobody can be asked', () => {
    expect(whyNotJoin(facts, 'here')).toBeUndefined();
    expect(whyNotJoin(facts, 'away')).toContain('away');
    expect(whyNotJoin(facts, 'unknown')).toContain('relay');
  });

  it('asks those whom the chain calls valid, a few at a time, until one is there', async () => {
    const members = Array.from({ length: 20 }, (_, index) => ({ ...member, nodeKey: `${index}`, valid: index > 0 }));
    const keys = keysToAsk({ ...facts, members });
    expect(keys).toHaveLength(19);
    const asked: string[] = [];
    const answering = (there: string) => async (key: string) => {
      asked.push(key);
      return key === there ? 'here' : 'away';
    };
    expect(await anyPresence(keys, answering('2'))).toBe('here');
    expect(asked).toHaveLength(8);
    expect(await anyPresence(keys, answering('none'))).toBe('away');
    expect(await anyPresence(keys, async () => 'unknown')).toBe('unknown');
  });

  it.each([
    ['closing', { ...facts, closing: true }],
    ['away', { ...facts, members: [{ ...member, valid: false }] }],
  ])('is not when the channel is %s', (word, changed) => {
    expect(whyNotJoin(changed)).toContain(word);
  });
});

describe('amounts', () => {
  it.each([
    [0n, '0 APT'],
    [1n, '0.00000001 APT'],
    [150_000_000n, '1.5 APT'],
  ])('%d octas read %s and back', (octas, text) => {
    expect(formatApt(octas)).toBe(text);
    expect(parseApt(text.replace(' APT', ''))).toBe(octas);
  });

  it.each(['', '-1', '1.', '.5', '1e3', '1.123456789', 'x'])('refuse %j', (text) => {
    expect(parseApt(text)).toBeUndefined();
  });
});

describe('config.json', () => {
  const good = {
    network: 'local',
    chainUrl: 'http://127.0.0.1:8080/v1/',
    contract: '0x57a17',
    chat: { contract: '0xc4a7', server: '0x0c4a7' },
    relays: ['/ip4/127.0.0.1/tcp/9/ws/p2p/x'],
  };

  it('is read with addresses and URLs in one form', () => {
    expect(readConfig(good)).toMatchObject({
      chainUrl: 'http://127.0.0.1:8080/v1',
      chat: { server: `0x${'c4a7'.padStart(64, '0')}` },
      iceServers: [],
    });
  });

  it.each([
    ['network', { ...good, network: 'moon' }],
    ['chainUrl', { ...good, chainUrl: 'here' }],
    ['contract', { ...good, contract: 'zz' }],
    ['chat', { ...good, chat: null }],
    ['relays', { ...good, relays: 'none' }],
    ['relays[0]', { ...good, relays: ['ws://x'] }],
  ])('names %s when it is wrong', (field, json) => {
    expect(() => readConfig(json)).toThrow(`config.json: ${field}`);
  });
});
