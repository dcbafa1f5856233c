// The head of a page or part: the question in one sentence, its section in the notes, and what one sees.

import type { JSX } from 'solid-js';
import { texts } from '../i18n/texts.ts';

/** The texts. */
export interface QuestionProps {
  readonly question: string;
  readonly section: string;
  readonly lead: string;
  /** 1 for the page's own question, 2 for a further one. */
  readonly level: 1 | 2;
}

/** The head. */
export const Question = (props: QuestionProps): JSX.Element => (
  <header class="question">
    <div class="question-line">
      {props.level === 1 ? <h1>{props.question}</h1> : <h2 class="h1">{props.question}</h2>}
      <span class="section-mark">{texts().notes(props.section)}</span>
    </div>
    <p class="lead">{props.lead}</p>
  </header>
);
