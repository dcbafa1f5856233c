// How wide an element of the page is, for pictures that fill theirs.

import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';

/** The inner width of an element in pixels, kept up to date; 0 until it is on the page. `element` is first asked when it is. */
export const elementWidth = (element: () => HTMLElement): Accessor<number> => {
  const [width, setWidth] = createSignal(0);
  onMount(() => {
    const observer = new ResizeObserver(() => setWidth(element().clientWidth));
    observer.observe(element());
    onCleanup(() => observer.disconnect());
  });
  return width;
};
