// SPDX-License-Identifier: Apache-2.0
// The real machine as the record's ports, for benches and fault tests, which run without the server.
import { randomBytes } from "node:crypto";
import { type Instant, instant } from "../../core/index.ts";
import { type RecordConfig, type RecordPorts, recordConfig } from "../index.ts";
import type { SlicesPorts } from "../slices/open.ts";
import { fakeCustody } from "./custody.ts";
import { testDomains } from "./domains.ts";

export const ORIGIN = "gate.example/log/main-1";

/** The machine's clock and chance, keys of this seed; a stopped record ends the process. */
export function machinePorts(): RecordPorts & Pick<SlicesPorts, "domainKeys"> {
  const custody = fakeCustody();
  const clock = { now: (): Instant => instant(Date.now()), monotonic: (): number => performance.now() };
  const random = { bytes: randomBytes, id: idSource() };
  const domains = testDomains({ custody, clock, random });
  return {
    custody,
    domains,
    domainKeys: (id) => domains.get(id)?.key,
    clock,
    timers: {
      after(ms, work) {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      every(ms, work) {
        const timer = setInterval(work, ms);
        return () => clearInterval(timer);
      },
    },
    random,
    log: { fault: (code, fields) => process.stderr.write(`fault ${code} ${JSON.stringify(fields)}\n`) },
    onFatal: (exitCode) => process.exit(exitCode),
  };
}

/** The default configuration for a log in this folder. */
export function machineConfig(dir: string, settings: object = {}): RecordConfig {
  const parsed = recordConfig.parse(settings);
  return { ...parsed, dir, origin: ORIGIN, node: "gate-1", tenant: "main" };
}

/** RFC 9562 section 5.7. Random bytes are drawn in bulk: one by one they cost more than everything else here. */
function idSource(): () => string {
  let pool = "";
  return () => {
    if (pool === "") pool = randomBytes(9 * 1024).toString("hex");
    const hex = pool.slice(0, 18);
    pool = pool.slice(18);
    const ms = Date.now().toString(16).padStart(12, "0");
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6)}`;
  };
}
