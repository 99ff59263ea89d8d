/** Hosts a match, and its live listeners. */
import { MoneyMatchStateDO as MatchActor } from '../../durable-objects/MoneyMatchStateDO.ts';
import type { Viewer } from '../../durable-objects/ports.ts';
import type {
  AlertRow,
  Answer,
  Caller,
  ChainVerdict,
  CompareOutcome,
  JournalPage,
  MatchObject,
} from '../../durable-objects/wire/objects.ts';
import type {
  CancelRequest,
  CreateRequest,
  EndRequest,
  JoinRequest,
  PresenceRequest,
  ResolveMatchRequest,
  SignRequest,
  StartRequest,
  TakeBackRequest,
} from '../../durable-objects/wire/requests.ts';
import type { MatchView, ReviewPage, ServerFrame } from '../../durable-objects/wire/views.ts';
import type { Env } from './env.ts';
import { greetingOf } from './greeting.ts';
import { viewerFrom } from './live-request.ts';
import { ObjectHost } from './object-host.ts';
import { LIVE_PROTOCOL } from './protocol.ts';
import { closeBack, LiveSockets } from './sockets.ts';

export class MoneyMatchStateDO extends ObjectHost<MatchActor> implements MatchObject {
  readonly #sockets: LiveSockets;

  constructor(ctx: DurableObjectState, env: Env) {
    const sockets = new LiveSockets(ctx);
    super(ctx, env, (world) => new MatchActor(world), sockets);
    this.#sockets = sockets;
  }

  async create(caller: Caller, request: CreateRequest): Promise<Answer> {
    return await this.object.create(caller, request);
  }

  async join(caller: Caller, request: JoinRequest): Promise<Answer> {
    return await this.object.join(caller, request);
  }

  async takeBack(caller: Caller, request: TakeBackRequest): Promise<Answer> {
    return await this.object.takeBack(caller, request);
  }

  async start(caller: Caller, request: StartRequest): Promise<Answer> {
    return await this.object.start(caller, request);
  }

  async end(caller: Caller, request: EndRequest): Promise<Answer> {
    return await this.object.end(caller, request);
  }

  async cancel(caller: Caller, request: CancelRequest): Promise<Answer> {
    return await this.object.cancel(caller, request);
  }

  async presence(caller: Caller, request: PresenceRequest): Promise<Answer> {
    return await this.object.presence(caller, request);
  }

  async joinIntent(caller: Caller, request: JoinRequest): Promise<Answer> {
    return await this.object.joinIntent(caller, request);
  }

  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    return await this.object.sign(caller, request);
  }

  async resolve(operator: Caller, request: ResolveMatchRequest): Promise<Answer> {
    return await this.object.resolve(operator, request);
  }

  async view(viewer: Viewer): Promise<MatchView | null> {
    return await this.object.view(viewer);
  }

  async reconcile(runId: string): Promise<CompareOutcome> {
    return await this.object.reconcile(runId);
  }

  async pause(operator: string, reason: string): Promise<Answer> {
    return await this.object.pause(operator, reason);
  }

  async resume(operator: string, reason: string): Promise<Answer> {
    return await this.object.resume(operator, reason);
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return await this.object.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return await this.object.alerts();
  }

  async reviews(from: number, limit: number): Promise<ReviewPage> {
    return await this.object.reviews(from, limit);
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.object.chainVerdict(verdict);
  }

  /** The upgrade of `/live`. Only the Worker can reach this; it has checked who asks (live-request.ts). */
  override async fetch(request: Request): Promise<Response> {
    const viewer = viewerFrom(request);
    const { client, server } = this.#sockets.accept(viewer);
    if (server.readyState === WebSocket.OPEN) await this.#sockets.greet(server, () => this.#greeting(viewer));
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { 'sec-websocket-protocol': LIVE_PROTOCOL },
    });
  }

  async #greeting(viewer: Viewer): Promise<readonly ServerFrame[]> {
    const view = await this.object.view(viewer);
    if (view === null) return [];
    return greetingOf(view);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#sockets.receive(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    closeBack(socket, code);
  }

  override webSocketError(socket: WebSocket): void {
    closeBack(socket, 1011);
  }
}
