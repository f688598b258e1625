// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { en } from "../text/en.ts";
import { Copy } from "./copy.tsx";

/** What can be taken along of a thing, each with a button of its own. */
export function CopyMenu({ items }: { readonly items: readonly (readonly [name: string, text: string])[] }): ReactNode {
  return (
    <ul className="copies" aria-label={en.copy.menu}>
      <li className="note" aria-hidden="true">
        {en.copy.menu}:
      </li>
      {items.map(([name, text], i) => (
        <li key={name}>
          <Copy text={text} label={`${en.copy.idle} ${name}`} name={name} isFirst={i === 0} />
        </li>
      ))}
    </ul>
  );
}
