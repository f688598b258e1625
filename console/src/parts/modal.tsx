// SPDX-License-Identifier: Apache-2.0
// A question over the page. The browser's own dialog holds the focus, closes on Escape and gives the focus back.
import { type ReactNode, useEffect, useId, useRef } from "react";

interface ModalProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly title: string;
  readonly children: ReactNode;
}

export function Modal({ isOpen, close, title, children }: ModalProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (isOpen) ref.current?.showModal();
    else ref.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        // closed by the state alone, so that a key that comes at once finds the page as it will be
        event.preventDefault();
        close();
      }}
      onClose={close}
    >
      {isOpen ? (
        <>
          <h2 id={id}>{title}</h2>
          {children}
        </>
      ) : null}
    </dialog>
  );
}
