import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { linesOf } from './lines.ts';
import type { Network, Networks } from './networks.ts';

/** What is read of a pod, of the API's `v1/Pod`. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: { readonly phase?: string; readonly podIPs?: readonly { readonly ip: string }[] };
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Pod;
}

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Pod[];
}

/** Between two questions to the API. */
const PAUSE_MS = 2_000;

const idOf = ({ metadata: { namespace, name } }: Pod) => `${namespace}.${name}`;

/** The network of a pod; undefined where it has no address of its own: not yet, not any more, or that of its node. */
export function networkOf({ metadata, spec, status }: Pod): Network | undefined {
  const addresses = (status?.podIPs ?? []).map(({ ip }) => ip);
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (addresses.length === 0 || isOver || spec?.hostNetwork === true) return undefined;
  const { name, namespace, labels = {}, ownerReferences = [] } = metadata;
  const application = labels['app.kubernetes.io/name'] ?? labels['app'] ?? labels['k8s-app'];
  const context = { namespace, pod: name, node: spec?.nodeName, application, tier: labels['tier'] };
  return {
    // what flows are grouped by: pods come and go, the workload stays
    name: `${namespace}/${application ?? ownerReferences[0]?.name ?? name}`,
    cidrs: addresses,
    context: Object.fromEntries(
      Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** Follows a file or a pipe with the lines of a watch, to its end: `kubectl get --raw '/api/v1/pods?watch=1' |`. */
export async function followStream(path: string, networks: Networks): Promise<void> {
  await takeEvents(path === '-' ? process.stdin : createReadStream(path), networks);
  await networks.written();
}

/**
 * Follows the pods of an API server: a list, then what changes since, again and again.
 *
 * @param url of the list: `http://localhost:8001/api/v1/pods`
 * @param token of a service account, where the server wants one
 */
export async function followApi(url: string, networks: Networks, token: string, stopped: AbortSignal): Promise<void> {
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const get = async (query: string) => {
    const response = await fetch(`${url}${query}`, { headers, signal: stopped });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    return response;
  };
  while (!stopped.aborted) {
    try {
      const list = (await (await get('')).json()) as PodList;
      const pods = list.items.map((pod) => [idOf(pod), networkOf(pod)] as const);
      await networks.replace(new Map(pods.filter((pod): pod is [string, Network] => pod[1] !== undefined)));
      // The server ends a watch now and then; the one that follows begins where this one has ended.
      for (let version: string | undefined = list.metadata.resourceVersion; version !== undefined;) {
        const watch = await get(`?watch=1&allowWatchBookmarks=true&resourceVersion=${encodeURIComponent(version)}`);
        version = await takeEvents(watch.body!, networks, version);
        await pause(stopped);
      }
    } catch (error) {
      if (stopped.aborted) return;
      console.error(String(error));
    }
    await pause(stopped);
  }
}

async function pause(stopped: AbortSignal): Promise<void> {
  await sleep(PAUSE_MS, undefined, { signal: stopped }).catch(() => {});
}

/** @returns the version to go on from; undefined when there has to be a new list */
async function takeEvents(
  chunks: AsyncIterable<Uint8Array | string>,
  networks: Networks,
  from = '',
): Promise<string | undefined> {
  let version = from;
  for await (const line of linesOf(chunks)) {
    if (line.trim() === '') continue;
    const { type, object } = JSON.parse(line) as WatchEvent;
    if (type === 'ERROR') return undefined; // the version is too old, most likely
    version = object.metadata.resourceVersion ?? version;
    if (type === 'BOOKMARK') continue;
    await networks.set(idOf(object), type === 'DELETED' ? undefined : networkOf(object));
  }
  return version;
}
