import { accountingPage } from './accounting-page.ts';
import { contextPage, lookupPage } from './context-page.ts';
import { ExporterPage } from './exporter-page.ts';
import type { Exposition } from './metrics/exposition.ts';
import { json, text } from './route.ts';
import type { Answer, Route, RouteAbout } from './route.ts';
import { templatesPage } from './templates-page.ts';
import type { CollectorView } from './view.ts';

/** What each path shows: docs/http.md is made from it. */
const about = {
  '/metrics': { details: false, about: 'metrics for Prometheus: [metrics.md](metrics.md)' },
  '/live': { details: false, about: '200 while collecting, 503 while starting or stopping' },
  '/__health': { details: false, about: 'the same as `/live`' },
  '/ready': { details: false, about: '200 when what comes in gets delivered, else 503 with what is in the way' },
  '/accounting': { details: true, about: 'JSON: the books, which are the counters and what has to hold between them' },
  '/exporters': { details: true, about: 'JSON: each exporter with what it sends, its losses, its clock, its problems' },
  '/context': { details: true, about: 'JSON: the context in use, its sources, and what is wrong with them' },
  '/context/lookup': { details: true, about: 'JSON: what the context says of an address, `?addr=ADDRESS`, and why' },
} as const satisfies Record<string, RouteAbout>;

const aboutTemplates: RouteAbout = {
  details: false,
  about: 'JSON: the templates of all exporters, as the original shows them; the path is `-templates.path`',
};

/** The paths with what they show; an empty `templatesPath` has none for templates. */
export function aboutRoutes(templatesPath: string): [path: string, about: RouteAbout][] {
  const fixed = Object.entries(about) as [string, RouteAbout][];
  return templatesPath === '' ? fixed : [...fixed, [templatesPath, aboutTemplates]];
}

/** The paths of the server, for a collector. */
export function routesOf(view: CollectorView, templatesPath: string): Map<string, Route> {
  // with the first question: the library of metrics takes longer to load than the server
  let exposition: Promise<Exposition> | undefined;
  const metrics = async (): Promise<Answer> => {
    exposition ??= import('./metrics/exposition.ts').then((loaded) => new loaded.Exposition(view));
    const { contentType } = await exposition;
    return { status: 200, type: contentType, body: await (await exposition).text() };
  };
  const exporters = new ExporterPage(view);
  const alive = () => (view.state === 'collecting' ? text(200, 'OK\n') : text(503, 'Not OK\n'));
  const answers: Record<keyof typeof about, Route['answer']> = {
    '/metrics': metrics,
    '/live': alive,
    '/__health': alive,
    '/ready': () => readiness(view),
    '/accounting': () => json(200, accountingPage(view)),
    '/exporters': async () => json(200, await exporters.make()),
    '/context': () => contextPage(view),
    '/context/lookup': (query) => lookupPage(view, query),
  };
  const find = (path: string) => (path in answers ? answers[path as keyof typeof answers] : () => templatesPage(view));
  return new Map(aboutRoutes(templatesPath).map(([path, row]) => [path, { ...row, answer: find(path) }]));
}

function readiness(view: CollectorView): Answer {
  const problems = view.problems();
  return problems.length === 0 ? text(200, 'OK\n') : text(503, `${problems.join('\n')}\n`);
}
