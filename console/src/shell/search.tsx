// SPDX-License-Identifier: Apache-2.0
// Goes to what was typed or pasted: a decision by its reference, id or index, an identity by its id, and with any other
// word to the decisions of whoever is called so.
import { type ReactNode, useId, useState } from "react";
import { en } from "../text/en.ts";
import { go, hrefOf } from "./place.ts";

/** Where a word leads; `undefined` for none. */
export function placeOf(typed: string): string | undefined {
  const word = typed.trim();
  if (word === "") return undefined;
  if (/^BW-[0-9A-Z]{7}$/i.test(word)) return hrefOf(["decisions", word.toUpperCase()]);
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(word)) return hrefOf(["decisions", word.toLowerCase()]);
  if (/^#?\d{1,15}$/.test(word)) return hrefOf(["decisions", word.replace("#", "")]);
  if (word.startsWith("spiffe://")) return hrefOf(["identities", word]);
  return hrefOf(["decisions"], { answer: "all", who: word });
}

export function Search(): ReactNode {
  const id = useId();
  const [typed, setTyped] = useState("");
  return (
    <form
      className="search"
      role="search"
      aria-label={en.search.label}
      onSubmit={(event) => {
        event.preventDefault();
        const href = placeOf(typed);
        if (href === undefined) return;
        setTyped("");
        go(href);
      }}
    >
      <label htmlFor={id} className="unseen-text">
        {en.search.label}
      </label>
      <input
        id={id}
        type="search"
        data-key="search"
        value={typed}
        placeholder={en.search.hint}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        maxLength={2048}
      />
    </form>
  );
}
