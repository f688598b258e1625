// SPDX-License-Identifier: Apache-2.0
// One entry: in words, then its way to the signed root, then as it was written.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type EntryRow, type Members, SdkError, whatHappened, whoAsked, wordOf } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { Link } from "../../shell/link.tsx";
import { hrefOf } from "../../shell/place.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { Proof } from "../../shell/proof.tsx";
import type { ScreenProps } from "../../shell/screen.ts";
import { record as text } from "../../text/en-record.ts";

export function One({ client, parts, index }: ScreenProps & { readonly index: string }): ReactNode {
  const [log = ""] = parts;
  const isIndex = /^[0-9]{1,15}$/.test(index);
  const query = useQuery({
    queryKey: ["record", "entry", index],
    queryFn: () => client.entry(Number(index)).catch(nothingThere),
    enabled: isIndex,
  });
  const [row] = query.data ?? [];
  const isOther = row !== undefined && !row.ref.split("#")[0]?.endsWith(`/log/${log}`);
  return (
    <>
      <Heading title={text.entryTitle(Number(index))}>
        {row === undefined ? (
          text.entryTitle(Number(index))
        ) : (
          <Foreign text={text.entryHeading(Number(index), wordOf(row.entry), whatHappened(row.entry))} />
        )}
      </Heading>
      <p>
        <Link to="/record">{text.back}</Link>
      </p>
      {isIndex ? (
        <Loaded query={query}>
          {([found]) =>
            found === undefined || isOther ? (
              <p className="empty">{text.nothing}</p>
            ) : (
              <>
                <InWords row={found} log={log} />
                <Proof client={client} index={Number(index)} isOpen />
                <Panel title={text.written} note={text.openings}>
                  <pre className="entry">
                    <Foreign block text={JSON.stringify(found.entry, null, 2)} />
                  </pre>
                </Panel>
              </>
            )
          }
        </Loaded>
      ) : (
        <p className="empty">{text.nothing}</p>
      )}
    </>
  );
}

/** An address that nothing has is no fault. */
function nothingThere(cause: unknown): readonly EntryRow[] {
  if (cause instanceof SdkError && cause.problem?.status === 404) return [];
  throw cause;
}

function InWords({ row, log }: { readonly row: EntryRow; readonly log: string }): ReactNode {
  const { zone } = usePreferences();
  const { entry, reference, ref } = row;
  const at = entry["at"];
  const id = entry["id"];
  const answer = entry["answer"];
  const of = outcomeOf(entry);
  return (
    <Panel title={text.about}>
      <dl className="facts">
        <Fact name={text.kind}>{typeof answer === "string" ? <AnswerMark answer={answer} /> : wordOf(entry)}</Fact>
        <Fact name={text.what}>
          <Foreign text={whatHappened(entry)} />
        </Fact>
        <Fact name={text.who}>
          <Foreign text={whoAsked(entry)} />
        </Fact>
        {typeof at === "number" ? (
          <Fact name={text.when}>
            <time dateTime={new Date(at).toISOString()}>{wholeTime(at, zone)}</time>
          </Fact>
        ) : null}
        <Fact name={text.reference}>
          <code>{reference}</code>
        </Fact>
        <Fact name={text.leaf}>
          <code className="command">{ref.split(":").at(-1)}</code>
        </Fact>
      </dl>
      {entry["type"] === "decision" && typeof id === "string" ? (
        <p>
          <Link to={hrefOf(["decisions", id])}>{text.decision}</Link>
        </p>
      ) : null}
      {of === undefined ? null : (
        <p>
          <Link to={hrefOf(["record", log, String(of)])}>{text.of(of)}</Link>
        </p>
      )}
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Index of the entry whose outcome this one is. */
function outcomeOf(entry: Members): number | undefined {
  const of = entry["of"];
  const index = typeof of === "object" && of !== null && "index" in of ? of.index : undefined;
  return typeof index === "number" ? index : undefined;
}
