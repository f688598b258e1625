// SPDX-License-Identifier: Apache-2.0
// Tokens of the gate: one that reads, kept until shortly before its end, and one for each call with an effect, bound to its
// arguments. They live in this process only.
import { hash } from "node:crypto";
import type { AgentKey } from "./agent-key.ts";
import { ConnectError } from "./errors.ts";
import { type GateHttp, isObject, readObject } from "./http.ts";
import type { SignPorts } from "./ports.ts";

export interface Token {
  readonly text: string;
  /** Base64url SHA-256 of it (RFC 9449 section 4.2). */
  readonly ath: string;
}

interface Reading extends Token {
  /** By the monotonic clock. UNIT: ms. */
  readonly until: number;
  /** Where it may be used: an effect is asked for there too. */
  readonly locations: readonly string[];
}

/** The gate as it names itself. */
export interface GateNames {
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  /** URL of the one server that is connected to. */
  readonly resource: string;
}

/** UNIT: ms. A token is asked for anew when it has less left than this. */
const SPARE_MS = 10_000;
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export interface TokenPorts {
  readonly clock: SignPorts["clock"];
  readonly http: GateHttp;
  readonly key: AgentKey;
}

export class Tokens {
  private readonly ports: TokenPorts;
  private readonly instance: string;
  private readonly names: GateNames;
  private kept: Reading | undefined;
  /** Asked for once, however many calls wait for it. */
  private asking: Promise<Reading> | undefined;

  constructor(ports: TokenPorts, instance: string, names: GateNames) {
    this.ports = ports;
    this.instance = instance;
    this.names = names;
  }

  /** A token that reads. @throws ConnectError CONNECT_REFUSED, CONNECT_GATE_* */
  reading(): Promise<Reading> {
    if (this.kept !== undefined && this.kept.until > this.ports.clock.monotonic()) return Promise.resolve(this.kept);
    this.asking ??= this.ask({})
      .then((token) => {
        this.kept = token;
        return token;
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** A token for one call with these arguments. @throws ConnectError CONNECT_REFUSED, CONNECT_GATE_* */
  async forCall(verb: string, argsS256: string): Promise<Token> {
    const { locations } = await this.reading();
    const details = [{ type: "bailiwick_step", actions: [verb], locations, args_s256: argsS256 }];
    return this.ask({ authorization_details: JSON.stringify(details) });
  }

  /** The gate does not take the token that reads any more: the next call asks for another. */
  drop(): void {
    this.kept = undefined;
  }

  /** Gives the token that reads back (RFC 7009). */
  async giveUp(signal: AbortSignal): Promise<void> {
    const { kept } = this;
    this.drop();
    if (kept === undefined) return;
    const form = this.form({ token: kept.text });
    const { revokeUrl: url } = this.names;
    const response = await this.ports.http.plain({ method: "POST", url, headers: FORM, body: form, signal });
    response.drop();
  }

  private async ask(more: Readonly<Record<string, string>>): Promise<Reading> {
    const { resource, tokenUrl: url } = this.names;
    const asked = this.ports.clock.monotonic();
    const body = this.form({ grant_type: "client_credentials", resource, ...more });
    const response = await this.ports.http.prove({ method: "POST", url, headers: FORM, body });
    const answer = await readObject(response);
    if (response.status !== 200) throw refused(answer);
    const { access_token: text, expires_in: seconds, authorization_details: details } = answer;
    if (typeof text !== "string" || typeof seconds !== "number") {
      throw new ConnectError("CONNECT_ANSWER_MALFORMED", "asking for a token: the gate's answer has none");
    }
    return {
      text,
      ath: hash("sha256", text, "base64url"),
      until: asked + seconds * 1000 - SPARE_MS,
      locations: locationsOf(details),
    };
  }

  private form(parameters: Readonly<Record<string, string>>): string {
    const assertion = this.ports.key.assertion(this.instance, this.names.issuer);
    const client = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    return new URLSearchParams({ ...parameters, ...client }).toString();
  }
}

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" } as const;

/** What the gate says of a refused token, in its own words (RFC 6749 section 5.2). */
function refused({ error, error_description: why }: Readonly<Record<string, unknown>>): ConnectError {
  const code = typeof error === "string" ? error : "no reason";
  const text = typeof why === "string" ? `: ${why}` : "";
  return new ConnectError("CONNECT_REFUSED", `the gate gives no token (${code}${text}): nothing was done`, {
    fix: "the person who answers for this agent sees why: npx bailiwick identity show",
  });
}

function locationsOf(details: unknown): readonly string[] {
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  const places: unknown = isObject(first) ? first["locations"] : undefined;
  return Array.isArray(places) ? places.filter((place: unknown) => typeof place === "string") : [];
}
