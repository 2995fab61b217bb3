import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { refuseForeign } from './browser-guard.ts';

const allowed = new Set(['rampart.example.com']);

type Headers = Readonly<Record<string, string | readonly string[]>>;

function statusOf(headers: Headers, target = '/'): number | 'passes' {
  const distinct = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
  return refuseForeign(Object.fromEntries(distinct), target, allowed)?.status ?? 'passes';
}

test('only names from the list may be addressed', () => {
  const rows: readonly (readonly [string | undefined, number | 'passes'])[] = [
    ['127.0.0.1:4566', 'passes'],
    ['127.0.0.1', 'passes'],
    ['localhost:4566', 'passes'],
    ['LocalHost:4566', 'passes'],
    ['[::1]:4566', 'passes'],
    ['rampart.example.com', 'passes'],
    ['rampart.example.com:4566', 'passes'],
    [undefined, 400],
    ['', 403],
    ['evil.example', 403],
    ['evil.example:4566', 403],
    ['localhost.evil.example:4566', 403],
    ['sub.localhost:4566', 403],
    ['sub.rampart.example.com', 403],
    ['127.0.0.2:4566', 403],
    ['127.0.0.1.:4566', 403],
    ['::1', 403],
    ['[::2]:4566', 403],
    ['user@localhost', 403],
    ['localhost, evil.example', 403],
    ['localhost:4566:80', 403],
  ];
  for (const [host, expected] of rows) {
    equal(statusOf(host === undefined ? {} : { host }), expected, `Host: ${host}`);
  }
});

test('a second header counts as the first one does, and a second Host never passes', () => {
  const host = 'localhost:4566';
  const own = 'http://localhost:4566';
  equal(statusOf({ host: [host, host] }), 400);
  equal(statusOf({ host: [host, 'evil.example'] }), 400);
  equal(statusOf({ host, origin: [own, own] }), 'passes');
  equal(statusOf({ host, origin: [own, 'http://evil.example'] }), 403);
  equal(statusOf({ host, 'sec-fetch-site': ['none', 'cross-site'] }), 403);
});

test('a page of another origin may not ask', () => {
  const host = 'localhost:4566';
  const rows: readonly (readonly [string | undefined, number | 'passes'])[] = [
    [undefined, 'passes'],
    ['http://localhost:4566', 'passes'],
    ['http://LOCALHOST:4566', 'passes'],
    ['http://localhost:3000', 403],
    ['http://localhost', 403],
    ['https://localhost:4566', 403],
    ['http://127.0.0.1:4566', 403],
    ['http://evil.example', 403],
    ['null', 403],
    ['', 403],
  ];
  for (const [origin, expected] of rows) {
    equal(statusOf(origin === undefined ? { host } : { host, origin }), expected, `Origin: ${origin}`);
  }
});

test('a browser that says it asks for another site is refused', () => {
  const rows = [
    ['same-origin', 'passes'],
    ['none', 'passes'],
    ['same-site', 403],
    ['cross-site', 403],
    ['anything', 403],
  ] as const;
  for (const [site, expected] of rows) {
    equal(statusOf({ host: 'localhost:4566', 'sec-fetch-site': site }), expected, site);
  }
});

test('a request for a proxy is refused', () => {
  const host = 'localhost:4566';
  for (const target of ['http://evil.example/', '*', 'evil.example:443', '']) {
    equal(statusOf({ host }, target), 400, target);
  }
});
