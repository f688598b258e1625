// SPDX-License-Identifier: Apache-2.0
// Who may sign in here and as what, where they are signed in, and a link for somebody new.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import type { Client, OneUseLink, OpenSession, PersonView } from "../../../../src/sdk/index.ts";
import { Copy } from "../../parts/copy.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Instant } from "../../parts/instant.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { Heading } from "../../shell/heading.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { faultText } from "../../shell/sign-in.tsx";
import { en } from "../../text/en.ts";
import { Keeping } from "./keeping.tsx";

/** Roles as they are offered; what each may do is a file of the server. */
const ROLES = [
  "approver",
  "operator",
  "responder",
  "sponsor",
  "auditor",
  "platform",
  "counsel",
  "break-glass",
  "owner",
];

export function People({ client, session }: ScreenProps): ReactNode {
  const people = useQuery({ queryKey: ["people"], queryFn: () => client.people() });
  const sessions = useQuery({ queryKey: ["people", "sessions"], queryFn: () => client.openSessions() });
  const isOwner = session.roles.includes("owner");
  const text = en.people;
  return (
    <>
      <Heading title={text.title}>{text.sentence(people.data?.length ?? 0)}</Heading>
      <Panel title={text.who}>
        <Loaded query={people}>{(list) => <Persons list={list} me={session.person} />}</Loaded>
      </Panel>
      {isOwner ? (
        <Panel title={text.invite}>
          <Invite client={client} />
        </Panel>
      ) : (
        <p className="note">{text.ownersInvite}</p>
      )}
      <Keeping client={client} />
      <Panel title={text.sessions}>
        <Loaded query={sessions}>
          {(list) => <Sessions list={list} client={client} ended={() => void sessions.refetch()} />}
        </Loaded>
      </Panel>
    </>
  );
}

function Persons({ list, me }: { readonly list: readonly PersonView[]; readonly me: string | undefined }): ReactNode {
  const text = en.people;
  return (
    <div className="wide">
      <table>
        <caption className="unseen-text">{text.who}</caption>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{text.roles}</th>
            <th scope="col">{text.passkeys}</th>
            <th scope="col">{text.status}</th>
          </tr>
        </thead>
        <tbody>
          {list.map(({ id, name, roles, passkeys, status }) => (
            <tr key={id}>
              <td>
                <Foreign text={name === "" ? id : name} /> {id === me ? text.you : ""}
              </td>
              <td>{roles.length === 0 ? text.none : roles.join(", ")}</td>
              <td>{passkeys}</td>
              <td>{status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Invite({ client }: { readonly client: Client }): ReactNode {
  const [roles, setRoles] = useState<readonly string[]>(["approver"]);
  const [because, setBecause] = useState("");
  const [made, setMade] = useState<OneUseLink>();
  const [fault, setFault] = useState<string>();
  const { zone } = usePreferences();
  const id = useId();
  const text = en.people;
  const invite = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setFault(undefined);
    setMade(undefined);
    await client
      .invite({ roles, because: because.trim() })
      .then(setMade, (cause: unknown) => setFault(faultText(cause)));
  };
  return (
    <form onSubmit={(event) => void invite(event)}>
      <fieldset>
        <legend>{text.roles}</legend>
        {ROLES.map((role) => (
          <label key={role} className="choice">
            <input
              type="checkbox"
              checked={roles.includes(role)}
              onChange={({ target }) =>
                setRoles(target.checked ? [...roles, role] : roles.filter((one) => one !== role))
              }
            />
            {role}
          </label>
        ))}
      </fieldset>
      <label htmlFor={id}>{text.because}</label>
      <input
        id={id}
        value={because}
        onChange={({ target }) => setBecause(target.value)}
        maxLength={200}
        required
        pattern=".*\S.*"
        autoComplete="off"
      />
      <p className="actions">
        <button type="submit" className="primary large">
          {text.make}
        </button>
      </p>
      <p role="alert" className={fault === undefined ? "" : "problem"}>
        {fault}
      </p>
      <div role="status">
        {made === undefined ? null : (
          <p>
            {text.made} <Instant at={Date.parse(made.expires)} zone={zone} />:{" "}
            <code className="one-use">{made.link}</code> <Copy text={made.link} label={text.copy} />
          </p>
        )}
      </div>
    </form>
  );
}

interface SessionsProps {
  readonly list: readonly OpenSession[];
  readonly client: Client;
  readonly ended: () => void;
}

function Sessions({ list, client, ended }: SessionsProps): ReactNode {
  const { zone } = usePreferences();
  const text = en.people;
  return (
    <ul>
      {list.map(({ id, label, seen, isThis }) => (
        <li key={id} className="session">
          <Foreign text={label} /> {text.seen} <Instant at={Date.parse(seen)} zone={zone} />{" "}
          {isThis ? (
            text.here
          ) : (
            <button type="button" onClick={() => void client.endSession(id).finally(ended)}>
              {text.end}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
