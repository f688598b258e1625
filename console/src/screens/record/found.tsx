// SPDX-License-Identifier: Apache-2.0
// The box, what was found, and how the log is.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { type RecordAnswer, type RecordHit, whatHappened, whoAsked, wordOf } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { go, hrefOf } from "../../shell/place.ts";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { record as text } from "../../text/en-record.ts";
import { Log } from "./log.tsx";
import "./record.css";

/** Rows of a page. */
const PAGE_ROWS = 50;

interface FoundProps extends ScreenProps {
  /** What was typed; nothing for the newest entries. */
  readonly word: string;
  /** Only older entries than this one. */
  readonly cursor: number | undefined;
}

export function Found({ client, word, cursor }: FoundProps): ReactNode {
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  const asked = {
    limit: PAGE_ROWS,
    ...(word === "" ? {} : { q: word }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const query = useQuery({ queryKey: ["record", "search", asked], queryFn: () => client.record.search(asked) });
  const log = status.data?.record;
  const sentence =
    log === undefined
      ? text.title
      : log.state === "open"
        ? text.sentence(log.size, log.published)
        : text.stopped(log.state);
  return (
    <>
      <Heading title={text.title}>{sentence}</Heading>
      <Box word={word} />
      <Panel title={word === "" ? text.all : text.searching}>
        <Loaded query={query}>{(answer) => <Answer answer={answer} word={word} />}</Loaded>
      </Panel>
      <Log client={client} status={status.data} />
    </>
  );
}

function Box({ word }: { readonly word: string }): ReactNode {
  const id = useId();
  const [typed, setTyped] = useState(word);
  return (
    <form
      className="record-box"
      role="search"
      aria-label={text.searching}
      onSubmit={(event) => {
        event.preventDefault();
        go(hrefOf(["record"], { q: typed.trim() }));
      }}
    >
      <label htmlFor={id}>{text.searching}</label>{" "}
      <input
        id={id}
        type="search"
        value={typed}
        placeholder={text.hint}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        maxLength={2048}
      />{" "}
      <button type="submit">{text.go}</button>
    </form>
  );
}

function Answer({ answer, word }: { readonly answer: RecordAnswer; readonly word: string }): ReactNode {
  const { hits, meant, size, indexedThrough, next } = answer;
  return (
    <>
      <p>
        {meant === undefined ? null : (
          <>
            <Foreign text={text.meant(meant.value, meant.kind)} />{" "}
          </>
        )}
        {hits.length === 0 ? text.none : text.found(hits.length, size)}
        {indexedThrough < size ? ` ${text.waits(size - indexedThrough)}` : ""}
      </p>
      {hits.length === 0 ? (
        <p className="empty">
          <Link to="/record">{text.drop}</Link>
        </p>
      ) : (
        <>
          <Hits answer={answer} />
          <p className="note">{text.proves}</p>
        </>
      )}
      {next === undefined ? null : (
        <p>
          <Link to={hrefOf(["record"], { q: word, before: String(next) })}>{text.older}</Link>
        </p>
      )}
    </>
  );
}

function Hits({ answer: { hits, log } }: { readonly answer: RecordAnswer }): ReactNode {
  const name = log.slice(log.lastIndexOf("/") + 1);
  return (
    <table className="lines record-lines">
      <caption className="unseen-text">{text.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{text.index}</th>
          <th scope="col">{text.when}</th>
          <th scope="col">{text.kind}</th>
          <th scope="col" className="wide">
            {text.who}
          </th>
          <th scope="col">{text.what}</th>
        </tr>
      </thead>
      <tbody>
        {hits.map((hit) => (
          <Row key={hit.index} hit={hit} name={name} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ hit: { index, row }, name }: { readonly hit: RecordHit; readonly name: string }): ReactNode {
  const { zone } = usePreferences();
  const { entry } = row;
  const at = entry["at"];
  const answer = entry["answer"];
  const link = (
    <Link to={hrefOf(["record", name, String(index)])} className="reference">
      <code>{index}</code>
    </Link>
  );
  const when = typeof at === "number" ? <time dateTime={new Date(at).toISOString()}>{wholeTime(at, zone)}</time> : null;
  return (
    <tr>
      <td>{link}</td>
      <td className="wide">{when}</td>
      <td>{typeof answer === "string" ? <AnswerMark answer={answer} /> : wordOf(entry)}</td>
      <td className="wide">
        <Foreign text={whoAsked(entry)} />
      </td>
      <td className="what">
        <Foreign text={whatHappened(entry)} />
        <span className="narrow note">
          <Foreign text={whoAsked(entry)} /> · {when}
        </span>
      </td>
    </tr>
  );
}
