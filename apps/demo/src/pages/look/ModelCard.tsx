// The model: what it is, how big, whence, what computes it, and the way to load another.

import { type JSX, Show } from 'solid-js';
import { bytes, duration } from '../../components/formatNumber.ts';
import { texts } from '../../i18n/texts.ts';
import { chosenFiles } from '../../model/droppedFiles.ts';
import {
  cancelOpening,
  currentModel,
  engineInfo,
  modelOpening,
  openBuiltIn,
  openFiles,
} from '../../model/session.ts';

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

/** What went wrong, and the ways on. */
const Failure = (): JSX.Element => {
  const failed = () => {
    const state = modelOpening();
    return state.kind === 'failed' ? state : undefined;
  };
  return (
    <Show when={failed()}>
      {(state) => (
        <div role="alert">
          <p class="model-line">{texts().model.failed}</p>
          <pre class="error-text">{state().message}</pre>
          <Show
            when={currentModel()}
            fallback={
              <button type="button" class="button" onClick={openBuiltIn}>
                {texts().model.again}
              </button>
            }
          >
            {(model) => (
              <button type="button" class="button" onClick={() => cancelOpening('')}>
                {texts().model.stay(model().name)}
              </button>
            )}
          </Show>
        </div>
      )}
    </Show>
  );
};

/** What the present model is, how big and whence. */
const Facts = (): JSX.Element => (
  <Show
    when={currentModel()}
    fallback={
      <Show when={modelOpening().kind !== 'failed'}>
        <p class="model-line">
          {modelOpening().kind === 'loading' ? `${texts().model.progress} …` : texts().model.starting}
        </p>
      </Show>
    }
  >
    {(model) => (
      <>
        <p class="model-line">{model().name}</p>
        <p class="fine">
          <Show when={model().own}>
            {model().description}
            <br />
          </Show>
          {texts().model.size(model().layers, model().heads, model().maxTokens)}
          <br />
          {texts().model.ready(bytes(model().bytes), duration(model().milliseconds))},{' '}
          {model().own
            ? texts().model.fromFolder
            : model().cached
              ? texts().model.fromCache
              : texts().model.downloaded}
        </p>
      </>
    )}
  </Show>
);

/** The card. */
export const ModelCard = (): JSX.Element => {
  let input!: HTMLInputElement; // set by ref
  return (
    <section class="card model">
      <h3 class="eyebrow">{texts().model.title}</h3>
      <Facts />
      <EngineLine />
      <Failure />
      <details class="own-model">
        <summary>{texts().model.own}</summary>
        <p class="fine">{texts().model.ownHint}</p>
        <div class="row">
          <button type="button" class="button" onClick={() => input.click()}>
            {texts().model.choose}
          </button>
          <Show when={currentModel()?.own}>
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
            event.currentTarget.value = ''; // the same folder may be chosen again
          }}
        />
      </details>
      <Show when={!currentModel()?.own}>
        <p class="fine">{texts().model.licence}</p>
      </Show>
    </section>
  );
};
