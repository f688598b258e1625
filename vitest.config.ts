// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ViteUserConfig } from "vitest/config";

const ci = process.env["CI"] === "true";

/** Suites that start real processes: one file of each at a time, after the groups before them. */
function slow(name: string, include: string[], groupOrder: number): object {
  return {
    extends: true,
    test: { name, include, testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false, sequence: { groupOrder } },
  };
}

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ["default", "./tools/closing-line.ts"],
    pool: "forks",
    maxWorkers: 2,
    allowOnly: !ci,
    passWithNoTests: false,
    retry: 0,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    expect: { requireAssertions: true },
    sequence: { shuffle: { files: true, tests: true } },
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
      slow("e2e", ["test/e2e/**/*.test.ts", "examples/**/*.test.ts"], 1),
      slow("conformance", ["conformance/**/*.test.ts"], 1),
      slow("faults", ["test/faults/**/*.test.ts"], 2),
      slow("browser", ["test/browser/**/*.test.ts"], 2),
    ],
  },
});

export default config;
