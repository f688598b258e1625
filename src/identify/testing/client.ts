// SPDX-License-Identifier: Apache-2.0
// A client of the token endpoint and of the gate, as tests of steps need it.
import { decodeJwt } from "jose";
import { type Json, parseStepId, type Standing, type StepId } from "../../core/index.ts";
import type { HttpAnswer } from "../http.ts";
import type { Identify } from "../open.ts";
import { sha256, type TestKey } from "./jwt.ts";
import { bodyOf, proof, RESOURCE, tokenRequest, type World } from "./world.ts";

export type Members = Readonly<Record<string, Json | undefined>>;
type Form = Record<string, string | undefined>;

export const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS = "urn:ietf:params:oauth:token-type:access_token";

/** The parameter `authorization_details`. */
export function details(members: Members): string {
  return JSON.stringify([{ type: "bailiwick_step", ...members }]);
}

/** The step that a token is bound to. */
export function stepOf(token: string): StepId {
  const { path } = decodeJwt(token)["bw"] as { path: string[] };
  return parseStepId(path.at(-1) ?? "");
}

/** The token of an answer; an error that says what it was, where it has none. */
export async function given(answer: Promise<HttpAnswer>): Promise<string> {
  const body = bodyOf(await answer);
  if (typeof body["access_token"] !== "string") throw new Error(JSON.stringify(body));
  return body["access_token"];
}

/** Status, error and description of an answer, in one line. */
export async function refused(answer: Promise<HttpAnswer>): Promise<string> {
  const { status, body } = await answer;
  const { error, error_description: why } = JSON.parse(body) as Record<string, unknown>;
  return `${status} ${String(error)}: ${String(why)}`;
}

export interface ProveOptions {
  readonly key?: TestKey;
  readonly resource?: string;
  readonly identify?: Identify;
}

/** The agent of a world, with its key. */
export class TestClient {
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  ask(members: Members, more: Form = {}): Promise<HttpAnswer> {
    return this.world.identify.token(tokenRequest(this.world, { authorization_details: details(members), ...more }));
  }

  exchange(subject: string, members: Members, more: Form = {}): Promise<HttpAnswer> {
    return this.ask(members, { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS, ...more });
  }

  prove(token: string, options: ProveOptions = {}): ReturnType<Identify["prover"]["prove"]> {
    const { key = this.world.key, resource = RESOURCE, identify = this.world.identify } = options;
    const nonce = identify.prover.nonce();
    const dpop = [proof(this.world, { htm: "POST", htu: resource, ath: sha256(token), nonce }, { key })];
    return identify.prover.prove({ method: "POST", resource, authorization: `DPoP ${token}`, dpop });
  }

  async standing(token: string): Promise<Standing> {
    const result = await this.prove(token);
    if ("standing" in result) return result.standing;
    throw new Error(`${result.refusal.code}: ${result.refusal.why}`);
  }

  /** `let in`, or the refusal in one line. */
  async told(token: string, options: ProveOptions = {}): Promise<string> {
    const result = await this.prove(token, options);
    return "refusal" in result ? `${result.refusal.code}: ${result.refusal.why}` : "let in";
  }
}
