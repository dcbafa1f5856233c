// What can be taken away from a picture: the image as a file, the numbers as JSON, the address of this view.

import { DropdownMenu } from '@kobalte/core/dropdown-menu';
import { createSignal, type JSX, Show } from 'solid-js';
import { texts } from '../i18n/texts.ts';
import { saveFile } from './saveFile.ts';

/** Where it is taken from. */
export interface CopyMenuProps {
  /** For the file's name. */
  readonly name: string;
  readonly canvas?: () => HTMLCanvasElement;
  readonly svg?: () => SVGSVGElement;
  readonly json: () => unknown;
}

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

const svgText = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true) as SVGSVGElement; // cloneNode keeps the kind
  const from = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  for (const [index, element] of [copy, ...copy.querySelectorAll<SVGElement>('*')].entries()) {
    const style = getComputedStyle(from[index] ?? svg);
    for (const name of [
      'fill',
      'stroke',
      'stroke-width',
      'opacity',
      'font-family',
      'font-size',
      'font-weight',
      'text-anchor',
    ])
      element.style.setProperty(name, style.getPropertyValue(name));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
};

/** The menu. */
export const CopyMenu = (props: CopyMenuProps): JSX.Element => {
  const [done, setDone] = createSignal('');
  const tell = (message: string): void => {
    setDone(message);
    setTimeout(() => setDone(''), 2000);
  };
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      tell(texts().copy.copied);
    } catch {
      saveFile(`${fileName(props.name)}.txt`, new Blob([text]));
      tell(texts().copy.saved);
    }
  };
  const savePng = (canvas: HTMLCanvasElement): void =>
    canvas.toBlob((blob) => {
      if (blob === null) return;
      saveFile(`${fileName(props.name)}.png`, blob);
      tell(texts().copy.saved);
    });
  return (
    <span class="copy">
      <span class="copy-done" aria-live="polite">
        {done()}
      </span>
      <DropdownMenu>
        <DropdownMenu.Trigger class="quiet">{texts().copy.title}</DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu">
            <Show when={props.canvas}>
              {(canvas) => (
                <DropdownMenu.Item class="menu-item" onSelect={() => savePng(canvas()())}>
                  {texts().copy.png}
                </DropdownMenu.Item>
              )}
            </Show>
            <Show when={props.svg}>
              {(svg) => (
                <DropdownMenu.Item
                  class="menu-item"
                  onSelect={() =>
                    saveFile(
                      `${fileName(props.name)}.svg`,
                      new Blob([svgText(svg()())], { type: 'image/svg+xml' }),
                    )
                  }
                >
                  {texts().copy.svg}
                </DropdownMenu.Item>
              )}
            </Show>
            <DropdownMenu.Item class="menu-item" onSelect={() => void copy(JSON.stringify(props.json()))}>
              {texts().copy.json}
            </DropdownMenu.Item>
            <DropdownMenu.Item class="menu-item" onSelect={() => void copy(location.href)}>
              {texts().copy.link}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
    </span>
  );
};
