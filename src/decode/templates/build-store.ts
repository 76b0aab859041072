import type { Counters } from '../../metrics/counters.ts';
import { ExpiringTemplateStore } from './expiring-store.ts';
import { MemoryTemplateStore } from './memory-store.ts';
import { OrderedTemplateStore } from './ordered-store.ts';
import type { TemplateStore } from './store.ts';

/** How templates are kept (`-templates.*`). */
export interface TemplateSettings {
  /** 0: for ever. */
  readonly ttlMs: number;
  readonly sweepMs: number;
  readonly extendOnAccess: boolean;
  /** How much later a template may arrive than a newer one; 0: whatever comes last holds. */
  readonly reorderMs: number;
}

export const defaultTemplateSettings: TemplateSettings = {
  ttlMs: 0,
  sweepMs: 60_000,
  extendOnAccess: false,
  reorderMs: 0,
};

/** Templates in memory, behind what the settings ask for. */
export function buildTemplateStore(settings: TemplateSettings, counters: Counters): TemplateStore {
  const { ttlMs, reorderMs } = settings;
  let store: TemplateStore = new MemoryTemplateStore({ counters });
  if (reorderMs > 0) store = new OrderedTemplateStore(store, reorderMs / 1000, counters);
  if (ttlMs > 0) store = new ExpiringTemplateStore(store, { counters, ...settings });
  return store;
}
