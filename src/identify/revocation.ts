// SPDX-License-Identifier: Apache-2.0
// `POST /oauth/revoke` (RFC 7009): a client gives up a token of its own. It is dead from the call on, whatever the disk says.
import type { EventDraft, Log } from "../core/index.ts";
import { type AccessTokens, type StepToken, tokenHash } from "./access-token.ts";
import type { ClientAssertions } from "./assertion.ts";
import type { Changes } from "./changes.ts";
import type { Feed } from "./feed/feed.ts";
import { type HttpAnswer, type HttpRequest, jsonAnswer, RETRY_AFTER_S } from "./http.ts";
import { no, readClientForm, type TokenNo } from "./token-request.ts";

export const REVOKE_PATH = "/oauth/revoke";

export interface RevocationPorts {
  readonly log: Log;
  readonly assertions: ClientAssertions;
  readonly tokens: AccessTokens;
  readonly feed: Feed;
  readonly changes: Changes;
}

const NO_STORE = { "Cache-Control": "no-store" };
const RETRY = { "Retry-After": String(RETRY_AFTER_S) };

export class RevocationEndpoint {
  private readonly ports: RevocationPorts;

  constructor(ports: RevocationPorts) {
    this.ports = ports;
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const refused = await this.revoke(request);
    if (refused === undefined) return { status: 200, headers: NO_STORE, body: "" };
    const { error, why, headers } = refused;
    const status = error === "invalid_client" ? 401 : error === "temporarily_unavailable" ? 503 : 400;
    const body = { error, error_description: why };
    return jsonAnswer(headers?.["Allow"] === undefined ? status : 405, body, { ...NO_STORE, ...headers });
  }

  private async revoke(request: HttpRequest): Promise<TokenNo | undefined> {
    const form = readClientForm(request);
    if ("error" in form) return form;
    const text = form.one("token");
    if (text === undefined) return no("invalid_request", "token is missing");
    const client = await this.ports.assertions.verify(form.assertion, form.clientId);
    if ("why" in client) return no("invalid_client", client.why);
    const use = this.ports.assertions.use(client);
    if (use === "again") return no("invalid_client", "the client assertion was used before");
    if (use === "full") return no("temporarily_unavailable", "no more assertions can be remembered", RETRY);
    const token = this.ports.tokens.read(text, tokenHash(text));
    // SOURCE: RFC 7009 section 2.2: what is no token of ours is revoked already
    if (token === undefined) return undefined;
    if (token.instance !== client.instance.id) return no("invalid_grant", "the token is another client's");
    return this.kill(token);
  }

  private async kill(token: StepToken): Promise<TokenNo | undefined> {
    const { feed, changes, log } = this.ports;
    const row = { kind: "jti", id: token.jti, effect: "isolate", exp: token.expires, synthetic: false } as const;
    feed.bind([{ ...row, why: "revoked by its client" }]);
    try {
      await changes.run(async () => {
        await changes.commit("identify.revoke", revoked(token), feed.write);
        feed.stored();
      });
      return undefined;
    } catch (error) {
      log.fault("IDENTIFY_REVOKE_NOT_RECORDED", { error: error instanceof Error ? error.message : "unknown" });
      return no("temporarily_unavailable", "it is revoked, but not on disk yet", RETRY);
    }
  }
}

function revoked(token: StepToken): EventDraft {
  return {
    type: "event",
    name: "credential.revoked",
    subject: { type: "Instance", id: token.instance },
    by: token.identity,
    data: { jti: token.jti, mandate: token.mandate, path: token.path },
  };
}
