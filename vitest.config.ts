// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { COMPILED } from "./test/support/compiled.ts";
import { TestOrder } from "./tools/test-order.ts";

const ci = process.env["CI"] === "true";

/** Suites that start real processes: after the unit tests, and together, because they wait as much as they work. */
function slow(name: string, include: string[]): object {
  return {
    extends: true,
    test: {
      name,
      include,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // what is waited for comes from other processes, which share two cores with another test
      expect: { requireAssertions: true, poll: { timeout: 15_000, interval: 20 } },
      sequence: { groupOrder: 1 },
    },
  };
}

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ["default", "./tools/closing-line.ts"],
    pool: "forks",
    maxWorkers: 2,
    // a worker keeps the sources it has loaded for its next file: no module of ours has state that a test could leave behind
    isolate: false,
    allowOnly: !ci,
    passWithNoTests: false,
    retry: 0,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    env: { ...COMPILED },
    expect: { requireAssertions: true },
    sequence: { shuffle: { files: true, tests: true }, sequencer: TestOrder },
    slowTestThreshold: 300,
    coverage: { provider: "v8", reporter: ["json-summary"], include: ["src/**"] },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{src,tools,policies,console/src}/**/*.test.ts"],
          testTimeout: 10_000,
          setupFiles: ["./test/support/no-network.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      slow("browser", ["test/browser/**/*.test.ts"]),
      slow("conformance", ["conformance/**/*.test.ts"]),
      slow("e2e", ["test/e2e/**/*.test.ts", "examples/**/*.test.ts"]),
      slow("scale", ["test/scale/**/*.test.ts"]),
      slow("faults", ["test/faults/**/*.test.ts"]),
    ],
  },
});

export default config;
