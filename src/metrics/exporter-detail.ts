/** What a worker knows of an exporter beyond numbers. */
export interface ExporterDetail {
  readonly address: string;
  /** Numbered streams: engines, source ids, observation domains, sub-agents. */
  readonly streams: readonly StreamDetail[];
}

export interface StreamDetail {
  readonly protocol: 'netflow_v5' | 'netflow_v7' | 'netflow_v9' | 'ipfix' | 'sflow';
  /** Engine (type in the upper octet), source id, observation domain or sub-agent. */
  readonly domain: number;
  /** sFlow: address of the agent. */
  readonly agent?: string;
  /** sFlow: data sources of the sub-agent. */
  readonly sources?: number;
}
