// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StoreError } from "../errors.ts";
import { parsePostgresUrl } from "./address.ts";

/** An address that sends nothing in the clear to elsewhere, or our own fault. */
const holds = (one: string): boolean => {
  try {
    const { host, ssl } = parsePostgresUrl(one);
    return ssl !== false || /^(\/|127\.|::1$|localhost$)/.test(host);
  } catch (error) {
    return error instanceof StoreError;
  }
};

describe("the address of a database", () => {
  it("S10: over a network the server proves its name", () => {
    expect(parsePostgresUrl("postgresql://ada:p%40ss@db.example/office")).toEqual({
      host: "db.example",
      port: 5432,
      user: "ada",
      password: "p@ss",
      database: "office",
      ssl: { rejectUnauthorized: true, servername: "db.example" },
    });
  });
  it.each(["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])("S10: on this machine (%s) it need not", (host) => {
    expect(parsePostgresUrl(`postgres://ada@${host}:5433/office`)).toMatchObject({ port: 5433, ssl: false });
  });
  it("S10: a socket is named by its folder", () => {
    const found = parsePostgresUrl("postgresql://ada@localhost/office?host=/run/postgresql");
    expect(found).toMatchObject({ host: "/run/postgresql", ssl: false });
  });
  it.each([
    ["postgresql://ada:secret@db.example/office?sslmode=disable", "sends a password in the clear"],
    ["postgresql://ada:secret@db.example/office?sslmode=require", "does not look at the name"],
    ["postgresql://ada:secret@localhost.example/office?sslmode=disable", "only sounds local"],
    ["postgresql://ada:secret@db.example/office?options=-csynchronous_commit=off", "loosens by a parameter"],
    ["postgresql://db.example/office", "names no user"],
    ["postgresql://ada:secret@db.example/", "names no database"],
    ["https://ada:secret@db.example/office", "is no database"],
    ["", "is nothing"],
  ])("S10: %s is refused: it %s", (text) => {
    expect(() => parsePostgresUrl(text)).toThrow(StoreError);
    expect(() => parsePostgresUrl(text)).not.toThrow("secret");
  });
  it("S10: whatever text it gets, it gives an address or its own fault", () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl().map((url) => url.replace(/^https?/, "postgresql")),
    );
    expect(() => fc.assert(fc.property(text, holds))).not.toThrow();
  });
});
