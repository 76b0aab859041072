import { templatesToJson } from '../decode/templates/template-json.ts';
import { endpoint } from './metrics/metric.ts';
import { OTHER, rowsOf } from './metrics/exporter-rows.ts';
import { json, text } from './route.ts';
import type { Answer } from './route.ts';
import type { CollectorView } from './view.ts';

/** The templates of all exporters in the form of the original, exporters without templates among them. */
export function templatesPage(view: CollectorView): Answer {
  if (!view.listeners.some(({ type }) => type !== 'sflow')) return text(404, 'Not Found\n');
  const templates = templatesToJson(view.templates());
  const known = new Set(Object.keys(templates).map((key) => key.slice(0, key.lastIndexOf(':'))));
  for (const listener of view.listeners) {
    for (const [address, rows] of rowsOf(listener)) {
      const key = endpoint(address, rows.latest('port'));
      if (address !== OTHER && !known.has(key.slice(0, key.lastIndexOf(':')))) templates[key] = {};
    }
  }
  const sorted = Object.fromEntries(Object.entries(templates).sort(([a], [b]) => (a < b ? -1 : 1)));
  return json(200, sorted, false);
}
