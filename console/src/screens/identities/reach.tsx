// SPDX-License-Identifier: Apache-2.0
// What an identity touched, as far as the record says: on its page, and before it is stopped.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { BlastView, Client, IdentityView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { KEYS } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { hrefOf } from "../../shell/place.ts";
import { en } from "../../text/en.ts";

/** UNIT: ms. How far back is looked. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** Things that are listed before somebody asks for all. */
const SOME = 10;

function useBlast(id: string, client: Client): UseQueryResult<BlastView> {
  const [since] = useState(() => new Date(Date.now() - DAY_MS).toISOString());
  return useQuery({ queryKey: [...KEYS.blast, id, since], queryFn: () => client.blast(id, since) });
}

interface ReachProps {
  readonly identity: IdentityView;
  readonly client: Client;
  readonly lists: readonly string[];
}

export function Reach({ identity, client, lists }: ReachProps): ReactNode {
  const text = en.identity;
  const { id, kind } = identity;
  if (kind === "human" || !lists.includes("containments")) return null;
  return (
    <Panel title={text.reach} note={text.lastDay}>
      <Touched id={id} client={client} />
      <p className="more">
        <Link to={hrefOf(["decisions"], { answer: "all", who: shortScope(id) })}>{text.itsDecisions}</Link>
      </p>
    </Panel>
  );
}

function Touched({ id, client }: { readonly id: string; readonly client: Client }): ReactNode {
  const text = en.identity;
  const query = useBlast(id, client);
  const [isAll, setAll] = useState(false);
  return (
    <Loaded query={query}>
      {(blast) => (
        <>
          <p>{text.blast(blast)}</p>
          {blast.touched.length === 0 ? null : (
            <table className="touched">
              <caption className="unseen-text">{text.reach}</caption>
              <thead>
                <tr>
                  <th scope="col">{text.how}</th>
                  <th scope="col">{text.what}</th>
                  <th scope="col">{text.label}</th>
                  <th scope="col" className="number">
                    {text.times}
                  </th>
                </tr>
              </thead>
              <tbody>
                {blast.touched
                  .slice(0, isAll ? undefined : SOME)
                  .map(({ how, id: thing, level, categories, times }) => (
                    <tr key={`${how} ${thing}`}>
                      <td>{how}</td>
                      <td className="what">
                        <Foreign text={thing} />
                      </td>
                      <td>{level === undefined ? text.notLooked : [level, ...categories].join(", ")}</td>
                      <td className="number">{en.number(times)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          )}
          {blast.touched.length > SOME && !isAll ? (
            <p className="more">
              <button type="button" onClick={() => setAll(true)}>
                {text.allTouched(blast.touched.length)}
              </button>
            </p>
          ) : null}
        </>
      )}
    </Loaded>
  );
}

/** In a line, for who is about to stop it. */
export function Blast({ id, client }: { readonly id: string; readonly client: Client }): ReactNode {
  const query = useBlast(id, client);
  return (
    <div className="blast">
      <Loaded query={query}>{(blast) => <p>{en.identity.blast(blast)}</p>}</Loaded>
    </div>
  );
}
