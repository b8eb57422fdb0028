// What the node answers, told by the node: `/v1/spec.json` as an OpenAPI document made from the routes themselves, `/v1/spec` as a page.

import type { Json } from '../../vm/json.ts';
import { answer, textAnswer } from './problem.ts';
import type { Router } from './router.ts';

const TITLE = "Strait's local chain";

export function addSpecRoutes(router: Router): void {
  router
    .on('GET', '/v1/spec', () => textAnswer(page(router), 'text/html'))
    .on('GET', '/v1/spec.json', () => answer(openApi(router)));
}

function openApi(router: Router): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { method, pattern } of router.routes) {
    const names = [...pattern.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
    const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    const path = pattern.replace(/^\/v1/, '').replaceAll(/:(\w+)/g, '{$1}') || '/';
    const operation = { parameters, responses: { default: { description: 'as a node of Aptos answers' } } };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  return { openapi: '3.0.3', info: { title: TITLE, version: '1' }, servers: [{ url: '/v1' }], paths };
}

function page(router: Router): string {
  const rows = router.routes.map(({ method, pattern }) => `<li><code>${method} ${pattern}</code></li>`).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${TITLE}</title>
<h1>${TITLE}</h1><p>It answers these as a node of Aptos does.</p><ul>${rows}</ul></html>`;
}
