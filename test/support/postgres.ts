// SPDX-License-Identifier: Apache-2.0
// Tests that need a PostgreSQL server: skipped loudly where there is none, and failed where CI promised one.
import { describe, expect, it } from "vitest";
import { findPostgres } from "../../src/store/testing/postgres.ts";

const found = await findPostgres();

/** Defines tests against a server, or one skipped test that says why there are none. */
export function onPostgres(what: string, define: (server: string) => void): void {
  if ("url" in found) {
    define(found.url);
    return;
  }
  const ci = process.env["CI"] === "true"; // oxlint-disable-line node/no-process-env -- CI installs a server, so there it may not be missing
  describe(`${what} (needs PostgreSQL: BAILIWICK_TEST_POSTGRES, or a server on this machine)`, () => {
    it.skipIf(!ci)(`not run: ${found.why}`, () => {
      expect.fail(`no PostgreSQL server answers: ${found.why}`);
    });
  });
}
