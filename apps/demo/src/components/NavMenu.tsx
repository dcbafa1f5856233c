// Several pages under one name of the navigation: a button that shows their links. The browser's own popover: it closes by Escape and by a click
// elsewhere, and tells screen readers whether it is open.

import { createUniqueId, For, type JSX } from 'solid-js';

/** The links. */
export interface NavMenuProps {
  readonly name: string;
  readonly links: readonly { readonly name: string; readonly hash: string; readonly current: boolean }[];
}

/** The button and its links. */
export const NavMenu = (props: NavMenuProps): JSX.Element => {
  let button!: HTMLButtonElement; // set by ref before anything is clicked
  let list!: HTMLDivElement;
  const id = createUniqueId();
  /** Beneath the button, inside the screen. */
  const place = (): void => {
    const { left, bottom } = button.getBoundingClientRect();
    list.style.top = `${bottom + 2}px`;
    list.style.left = `${Math.max(8, Math.min(left, innerWidth - 216))}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="nav-group"
        classList={{ current: props.links.some(({ current }) => current) }}
        popovertarget={id}
      >
        {props.name}
        <span class="nav-chevron" aria-hidden="true" />
      </button>
      <div ref={list} id={id} popover="auto" class="nav-list" onBeforeToggle={place}>
        <For each={props.links}>
          {(link) => (
            <a
              href={link.hash}
              aria-current={link.current ? 'page' : undefined}
              onClick={() => list.hidePopover()}
            >
              {link.name}
            </a>
          )}
        </For>
      </div>
    </>
  );
};
