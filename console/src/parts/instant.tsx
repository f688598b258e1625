// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { clockTime, wholeTime, type Zone, zoneName } from "./time.ts";

interface InstantProps {
  /** UNIT: epoch ms. */
  readonly at: number;
  readonly zone: Zone;
  /** False where a heading above says the zone. */
  readonly withZone?: boolean;
  readonly className?: string;
}

/** Time of day and zone; the whole instant is its title and its machine form. */
export function Instant({ at, zone, withZone = true, className }: InstantProps): ReactNode {
  return (
    <time dateTime={new Date(at).toISOString()} title={wholeTime(at, zone)} className={className}>
      {clockTime(at, zone)}
      {withZone ? ` ${zoneName(at, zone)}` : ""}
    </time>
  );
}
