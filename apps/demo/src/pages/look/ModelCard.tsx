// The model: what it is, how big, whence, what computes it, and the way to load another.

import { type JSX, Match, Show, Switch } from 'solid-js';
import { bytes, duration } from '../../components/formatNumber.ts';
import { texts } from '../../i18n/texts.ts';
import { chosenFiles } from '../../model/droppedFiles.ts';
import { engineInfo, modelState, openBuiltIn, openFiles } from '../../model/session.ts';

const EngineLine = (): JSX.Element => (
  <Show when={engineInfo()}>
    {(engine) => (
      <>
        <p class="fine">
          {engine().simd === 'none'
            ? texts().model.engineNone
            : texts().model.engine(engine().simd, engine().threads)}
        </p>
        <Show when={!engine().isolated}>
          <p class="fine">{texts().model.notIsolated}</p>
        </Show>
      </>
    )}
  </Show>
);

/** The card. */
export const ModelCard = (): JSX.Element => {
  let input!: HTMLInputElement; // set by ref
  const ready = () => {
    const state = modelState();
    return state.kind === 'ready' ? state : undefined;
  };
  const failed = () => {
    const state = modelState();
    return state.kind === 'failed' ? state : undefined;
  };
  return (
    <section class="card model">
      <h3 class="eyebrow">{texts().model.title}</h3>
      <Switch>
        <Match when={modelState().kind === 'starting' || modelState().kind === 'loading'}>
          <p class="model-line">
            {modelState().kind === 'starting' ? texts().model.starting : `${texts().model.progress} …`}
          </p>
        </Match>
        <Match when={ready()}>
          {(state) => (
            <>
              <p class="model-line">{state().info.name}</p>
              <p class="fine">
                <Show when={state().own}>
                  {state().info.description}
                  <br />
                </Show>
                {texts().model.size(state().info.layers, state().info.heads, state().info.maxTokens)}
                <br />
                {texts().model.ready(bytes(state().info.bytes), duration(state().info.milliseconds))},{' '}
                {state().own
                  ? texts().model.fromFolder
                  : state().info.cached
                    ? texts().model.fromCache
                    : texts().model.downloaded}
              </p>
            </>
          )}
        </Match>
        <Match when={failed()}>
          {(state) => (
            <div role="alert">
              <p class="model-line">{texts().model.failed}</p>
              <pre class="error-text">{state().message}</pre>
              <button type="button" class="button" onClick={openBuiltIn}>
                {texts().model.again}
              </button>
            </div>
          )}
        </Match>
      </Switch>
      <EngineLine />
      <details class="own-model">
        <summary>{texts().model.own}</summary>
        <p class="fine">{texts().model.ownHint}</p>
        <div class="row">
          <button type="button" class="button" onClick={() => input.click()}>
            {texts().model.choose}
          </button>
          <Show when={ready()?.own || failed()}>
            <button type="button" class="quiet" onClick={openBuiltIn}>
              {texts().model.back}
            </button>
          </Show>
        </div>
        <input
          ref={(element) => {
            input = element;
            element.webkitdirectory = true;
          }}
          type="file"
          hidden
          multiple
          onChange={(event) => {
            const { files } = event.currentTarget;
            if (files === null || files.length === 0) return;
            const folder = chosenFiles(files);
            openFiles(folder.name, folder.files);
          }}
        />
      </details>
      <Show when={!ready()?.own}>
        <p class="fine">{texts().model.licence}</p>
      </Show>
    </section>
  );
};
