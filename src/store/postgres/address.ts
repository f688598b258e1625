// SPDX-License-Identifier: Apache-2.0
// Where the database server is. A password never goes over a network that is not checked: TLS with the server's name and
// chain, or the machine itself.
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { quote } from "../../core/index.ts";
import { StoreError } from "../errors.ts";

export interface PostgresAddress {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** `false` on this machine only; otherwise what `tls.connect` is told. */
  readonly ssl: false | { readonly rejectUnauthorized: true; readonly servername?: string; readonly ca?: string };
}

const DEFAULT_PORT = 5432;
const PARAMETERS: ReadonlySet<string> = new Set(["host", "sslmode", "sslrootcert"]);

/**
 * Reads `postgresql://user:password@host:port/database`. `?host=/run/postgresql` names the folder of a socket,
 * `?sslrootcert=FILE` an authority of one's own. Every other parameter is refused: what is not known may loosen something.
 * @throws StoreError STORE_ADDRESS
 */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.parse(text);
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol)) {
    throw wrong("it is no postgresql:// URL");
  }
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.has(name)) throw wrong(`the parameter ${quote(name)} is not known here`);
  }
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1");
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  if (host === "" || database === "" || user === "") throw wrong("user, host and database have to be named");
  return {
    host,
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user,
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    database,
    ssl: tls(host, url.searchParams),
  };
}

function tls(host: string, parameters: URLSearchParams): PostgresAddress["ssl"] {
  const local = isLocal(host);
  const mode = parameters.get("sslmode") ?? (local ? "disable" : "verify-full");
  if (mode === "disable" && local) return false;
  if (mode !== "verify-full") throw wrong(`sslmode ${quote(mode)} does not prove who answers`);
  const file = parameters.get("sslrootcert");
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { rejectUnauthorized: true, ...servername, ...(file === null ? {} : { ca: authority(file) }) };
}

function authority(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new StoreError("STORE_ADDRESS", `reading the authority ${quote(file)} of the database server`, { cause });
  }
}

/** This machine, where nobody stands between: its own addresses, or a socket. */
function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Never with the text itself: there may be a password in it. */
function wrong(why: string): StoreError {
  return new StoreError("STORE_ADDRESS", `reading the address of the database: ${why}`, {
    fix: "write postgresql://USER@HOST/DATABASE; sslmode is verify-full, or disable on this machine",
  });
}
