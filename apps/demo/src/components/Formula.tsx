// A typeset formula. The typesetter (TeX to MathML) is loaded when the first formula is seen; until then the TeX stands there.

import { createResource, type JSX, Show } from 'solid-js';

const typesetter = (): Promise<typeof import('temml')['default']> =>
  import('temml').then((module) => module.default);

/** The formula. */
export const Formula = (props: { readonly tex: string }): JSX.Element => {
  const [temml] = createResource(typesetter);
  return (
    <Show when={temml()} fallback={<p class="formula">{props.tex}</p>}>
      {/* innerHTML: MathML that the typesetter builds from our own TeX, in which texts of the reader are escaped by formulaText */}
      {(loaded) => (
        <div
          class="formula"
          innerHTML={loaded().renderToString(props.tex, { displayMode: true, throwOnError: false })}
        />
      )}
    </Show>
  );
};
