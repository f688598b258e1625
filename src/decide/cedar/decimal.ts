// SPDX-License-Identifier: Apache-2.0
// Cedar's decimal: a Long of ten-thousandths.
// SOURCE: Cedar language reference 4.5, "decimal"
import { EXTENSION, Fault } from "./fault.ts";
import { fit, type Long } from "./long.ts";

// 16 digits before the point pass the range with any fraction, so no longer text is ever turned into a number
const DECIMAL = /^-?0*[0-9]{1,16}\.[0-9]{1,4}$/;
const FRACTION_DIGITS = 4;

export class Decimal {
  /** UNIT: 1/10,000. */
  readonly units: Long;
  constructor(units: Long) {
    this.units = units;
  }
  get canonical(): string {
    return `decimal ${this.units}`;
  }
}

/** Reads `-12.3456`: a point, and one to four digits after it. */
export function parseDecimal(text: string): Decimal | Fault {
  if (!DECIMAL.test(text)) return EXTENSION;
  const point = text.indexOf(".");
  const digits = text.slice(0, point) + text.slice(point + 1).padEnd(FRACTION_DIGITS, "0");
  const quick = Number(digits);
  const units = Number.isSafeInteger(quick) ? quick + 0 : fit(BigInt(digits));
  return units instanceof Fault ? EXTENSION : new Decimal(units);
}
