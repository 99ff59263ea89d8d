/** What an endpoint does with a request, before anybody writes it to a socket: HTTP and simulation share it. */

interface Done {
  /** Whether the chain, or what the endpoint takes for it, has carried the request out. */
  readonly executed: boolean;
}

export type Plan =
  | ({
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    } & Done)
  /** The connection is closed without an answer. */
  | ({ readonly kind: 'destroy' } & Done)
  /** Nothing comes until the client gives up. */
  | ({ readonly kind: 'hang' } & Done);

/** A request on its way: its fault is drawn and counted when it arrives, what it does happens after the delay. */
export interface Reception {
  readonly delayMs: number;
  /** Carries the request out. To be called once. */
  respond(): Plan;
}
