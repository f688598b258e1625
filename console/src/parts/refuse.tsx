// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useId, useState } from "react";
import { en } from "../text/en.ts";
import { Foreign } from "./foreign.tsx";
import { Modal } from "./modal.tsx";

interface RefuseProps {
  readonly isOpen: boolean;
  /** The call, in a line. */
  readonly what: string;
  readonly close: () => void;
  readonly refuse: (because: string) => void;
}

/** UNIT: characters. The desk keeps no more of a reason. */
const BECAUSE_MAX_CHARS = 200;

/** Asks why: a no without a reason helps nobody who reads the record. */
export function Refuse({ isOpen, what, close, refuse }: RefuseProps): ReactNode {
  const [because, setBecause] = useState("");
  const id = useId();
  const text = en.waiting;
  return (
    <Modal isOpen={isOpen} close={close} title={text.refuseTitle}>
      <p className="refused">
        <Foreign text={what} />
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          refuse(because.trim());
        }}
      >
        <label htmlFor={id}>{text.because}</label>
        <input
          id={id}
          value={because}
          onChange={(event) => setBecause(event.target.value)}
          maxLength={BECAUSE_MAX_CHARS}
          required
          pattern=".*\S.*"
          autoComplete="off"
        />
        <div className="actions">
          <button type="button" className="large" onClick={close}>
            {text.cancel}
          </button>
          <span className="spring" />
          <button type="submit" className="primary large">
            {text.refuseNow}
          </button>
        </div>
      </form>
    </Modal>
  );
}
