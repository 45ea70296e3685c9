import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

export interface TemporalAddress {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string | undefined;
  readonly tls?: boolean | undefined;
}

export interface Transport {
  readonly address: string;
  readonly apiKey?: string;
  readonly tls?: true;
}

/** What both kinds of connections are made with. */
export function transport(to: TemporalAddress): Transport {
  return {
    address: to.address,
    ...(to.apiKey !== undefined && { apiKey: to.apiKey }),
    ...((to.tls || to.apiKey !== undefined) && { tls: true }),
  };
}

/** Says that no server answers there, and what may mend it. */
export function unreachable(to: TemporalAddress, cause: unknown): TypedError {
  return new TypedError(FailureType.Network, `No Temporal server answers at ${to.address}.`, {
    hint:
      "Start one with 'taskfleet up', or set temporal.address (TEMPORAL_ADDRESS) to yours" +
      `${to.tls || to.apiKey ? '' : '; a server behind TLS needs temporal.tls (TEMPORAL_TLS)'}.`,
    cause,
  });
}
